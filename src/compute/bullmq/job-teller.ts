import { hostname } from 'node:os';
import type { Job as QueuedJob } from 'bullmq';
import type { Redis } from 'ioredis';
import type { JobListener } from '../backend.ts';
import { answersKey, heartbeat, keptFor, type JobNews, type JobResult, type SentJob } from './queue.ts';

/** Lines told at once, and characters kept of what was printed last. */
const linesAtOnce = 200;
const lastKept = 2_000;

/** Appends lines where all that were kept before are still there: whoever hears them counts them. */
const keep = `
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[1]) then return 0 end
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
return 1`;

/** Tells, over Redis, what a job prints and answers while it runs: whoever waits for it hears it. */
export class JobTeller implements AsyncDisposable {
  readonly #queued: QueuedJob<SentJob, JobResult>;
  readonly #redis: Redis | undefined;
  readonly #key: string;
  readonly #timer: NodeJS.Timeout;
  readonly #printed: string[] = [];
  #since = 0;
  #leftOut = 0;
  #last = '';
  #answered = 0;
  #telling: Promise<void> = Promise.resolve();
  /** At first: where it is. */
  #hasNews = true;
  #isBroken = false;

  constructor(queued: QueuedJob<SentJob, JobResult>, redis: Redis | undefined, prefix: string) {
    this.#queued = queued;
    this.#redis = redis;
    this.#key = answersKey(prefix, queued.queueName, String(queued.id));
    this.#timer = setInterval(() => this.#tell(), heartbeat);
  }

  readonly listener: JobListener = {
    started: () => {
      this.#hasNews = true;
      this.#since = Date.now();
    },
    printed: (lines) => {
      this.#hasNews = true;
      this.#last = `${this.#last}${lines.join('\n')}\n`.slice(-lastKept);
      const room = linesAtOnce - this.#printed.length;
      this.#printed.push(...lines.slice(0, room));
      this.#leftOut += Math.max(0, lines.length - room);
    },
    answered: (lines) => {
      // What is missing in between is told at its end: so nothing is kept after it.
      this.#telling = this.#telling.then(async () => this.#keep(lines)).catch(() => void (this.#isBroken = true));
    },
  };

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    // Its end says all but the lines that nobody has heard yet.
    if (this.#printed.length > 0) this.#tell();
    await this.#telling;
  }

  async #keep(lines: readonly string[]): Promise<void> {
    if (lines.length === 0 || this.#isBroken) return;
    // Of an earlier life of the job, perhaps.
    if (this.#answered === 0) await this.#redis?.del(this.#key);
    const kept = await this.#redis?.eval(keep, 1, this.#key, this.#answered, ...lines);
    if (kept !== 1) throw new Error('Redis has forgotten what was kept.');
    await this.#redis?.expire(this.#key, keptFor);
    this.#answered += lines.length;
    this.#hasNews = true;
  }

  #tell(): void {
    this.#telling = this.#telling.then(async () => this.#send()).catch(() => undefined);
  }

  async #send(): Promise<void> {
    if (!this.#hasNews) return;
    this.#hasNews = false;
    const left = this.#leftOut === 0 ? [] : [`… ${this.#leftOut} lines left out …`];
    const printed = [...this.#printed.splice(0), ...left];
    this.#leftOut = 0;
    const news: JobNews = { host: hostname(), since: this.#since, printed, answered: this.#answered, last: this.#last };
    await this.#queued.updateProgress({ ...news });
  }
}
