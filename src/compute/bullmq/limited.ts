import type { Job as QueuedJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { leave } from './farewell.ts';
import { SharedLimits, whyLimited, type Parked } from './limits.ts';
import { loadBullMq, type JobQueue, type JobResult, type QueueSettings, type SentJob } from './queue.ts';

/** ms after which a job is offered again that waits for a limit, if nobody has said that it may go on. */
const parkedFor = 10 * 60_000;

type Queued = QueuedJob<SentJob, JobResult>;

/**
 * What a worker does about limits that hold over all of them. A job that has come to one is put aside, so that others pass;
 * whoever ends one of its kind has it offered again, in its order. Should he die before: any worker looks every few seconds.
 */
export class LimitedJobs {
  readonly #settings: QueueSettings;
  readonly #limits: SharedLimits;
  readonly #log: Log;
  readonly #queues = new Map<string, Promise<JobQueue>>();

  constructor(redis: Redis, settings: QueueSettings, log: Log) {
    this.#settings = settings;
    this.#limits = new SharedLimits(redis, settings.prefix);
    this.#log = log;
  }

  /** True where it may run; else it is put aside, and its lease given back. */
  async mayRun(queued: Queued, token: string): Promise<boolean> {
    const { limits = [] } = queued.data;
    if (limits.length === 0) return true;
    const reached = await this.#limits.take(placeOf(queued), orderOf(queued), limits);
    if (reached === undefined) return true;
    await queued.updateProgress({ waits: whyLimited(reached, limits) });
    await queued.moveToDelayed(Date.now() + parkedFor, token);
    return false;
  }

  /** It has ended: others may go on. */
  async hasEnded(queued: Queued): Promise<void> {
    const { limits = [] } = queued.data;
    if (limits.length > 0) await this.#offer(async () => this.#limits.give(placeOf(queued), limits));
  }

  /** Those that may go on, though nobody has said so. */
  async look(): Promise<void> {
    await this.#offer(async () => this.#limits.due());
  }

  async stop(): Promise<void> {
    const queues = await Promise.allSettled(this.#queues.values());
    await leave(...queues.flatMap((queue) => (queue.status === 'fulfilled' ? [queue.value] : [])));
  }

  async #offer(find: () => Promise<readonly Parked[]>): Promise<void> {
    try {
      for (const { queue, id } of await find()) {
        const job = (await (await this.#queueOf(queue)).getJob(id)) as Queued | undefined;
        // It was offered already, and nobody has taken it: then it is not put aside any more.
        await job?.promote().catch(() => undefined);
      }
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'jobs that wait for a limit cannot be offered again');
    }
  }

  async #queueOf(name: string): Promise<JobQueue> {
    const known = this.#queues.get(name);
    if (known) return await known;
    const opened = this.#open(name);
    this.#queues.set(name, opened);
    return await opened;
  }

  async #open(name: string): Promise<JobQueue> {
    const { Queue } = await loadBullMq();
    const { url, prefix } = this.#settings;
    const queue: JobQueue = new Queue<SentJob, JobResult>(name, {
      connection: { url, maxRetriesPerRequest: null },
      prefix,
    });
    queue.on('error', ({ message }) => this.#log.debug({ reason: message }, 'Redis does not answer'));
    return queue;
  }
}

function placeOf({ queueName, id }: Queued): Parked {
  return { queue: queueName, id: String(id) };
}

/** As BullMQ orders them: by priority, then as they came. */
function orderOf({ priority, timestamp }: Queued): number {
  return priority * 2 ** 32 + (timestamp % 2 ** 32);
}
