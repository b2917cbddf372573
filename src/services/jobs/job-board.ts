import { randomBytes } from 'node:crypto';
import type { Backend, Job, JobAccount } from '../../compute/backend.ts';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Client } from '../../stomp/client.ts';
import { names } from '../names.ts';
import {
  jobsAtOnce,
  longestMessage,
  short,
  type EndedJob,
  type JobEnd,
  type JobMessage,
  type ToldBackend,
  type ToldJob,
} from './job-message.ts';

export interface JobBoardOptions {
  readonly client: Client;
  /** `host.pid`. */
  readonly host: string;
  /** Where the service takes its messages from. */
  readonly queue: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at what is to be told. */
const gathering = 1_000;
/** Milliseconds of silence at most. */
const silence = 5_000;
/** Milliseconds, at least, from the beginning of one telling of all to the next. */
const round = 10_000;
/** Messages of what changed, in one look: of more the rest comes with the next. */
const messagesAtOnce = 4;
/** Milliseconds that a message is worth delivering. */
const lifetime = 15_000;
/** Milliseconds between two questions to the backends where their jobs can run. */
const asking = 2_000;
/** Milliseconds that whoever is asked, or told, has. */
const patience = 3_000;

/** What is shown of a job. */
export type ShownJob = Pick<Job, 'key' | 'origin' | 'resources' | 'label'>;

/** What else is shown. */
export interface AboutJob {
  readonly attempt: number;
  readonly backend: string;
  /** When it was asked for, where that is known from before. */
  readonly asked?: number;
}

type Part = Omit<JobMessage, 'from' | 'number' | 'host' | 'queue'>;
const nothing: Part = { jobs: [], gone: [], ended: [] };

/**
 * The jobs that a service holds, told to whoever listens on the topic `baton.jobs`: what changed within a second, and all
 * of them in turn, 500 at a time, so that nobody has to ask. It costs nothing before it is used.
 */
export class JobBoard {
  readonly #options: JobBoardOptions;
  readonly #from = randomBytes(8).toString('hex');
  readonly #jobs = new Map<string, HeldJob>();
  readonly #changed = new Set<string>();
  readonly #ended: EndedJob[] = [];
  #backends: readonly Backend[] = [];
  #number = 0;
  #toldAt = -Infinity;
  /** What of all is to be told yet, since which number, and when that began. */
  #rest: MapIterator<HeldJob> | undefined;
  #allFrom = 0;
  #roundAt = -Infinity;
  #askedAt = -Infinity;
  #toldOfBackends = '';
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();
  #isTelling = false;
  #unlisten: () => void = () => undefined;

  constructor(options: JobBoardOptions) {
    this.#options = options;
  }

  /** From now on it is told what these run, and where they can. */
  show(backends: readonly Backend[]): void {
    this.#backends = backends;
    this.#unlisten = this.#options.client.events.on('connected', () => (this.#roundAt = -Infinity));
    this.#timer ??= setInterval(() => this.#look(), gathering);
    this.#look();
  }

  /** Begins to tell of a job. */
  hold(job: ShownJob, about: AboutJob): HeldJob {
    const held = new HeldJob(toldOf(job, about, this.#options.clock.now()), this.#options.clock, (end) => {
      if (end) this.#ended.push(end);
      const { key } = held.told;
      if (held.isOver && this.#jobs.get(key) === held) this.#jobs.delete(key);
      this.#changed.add(key);
    });
    this.#jobs.set(held.told.key, held);
    this.#changed.add(held.told.key);
    return held;
  }

  /** Says goodbye: what it held goes to others. */
  async stop(): Promise<void> {
    if (!this.#timer) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#unlisten();
    await this.#telling;
    if (this.#options.client.isConnected)
      await this.#send({ ...nothing, ended: this.#ended, isLast: true }).catch(() => undefined);
  }

  #look(): void {
    if (this.#isTelling || !this.#options.client.isConnected) return;
    this.#isTelling = true;
    this.#telling = this.#tell()
      .catch((error: unknown) => this.#options.log.debug({ reason: messageOf(error) }, 'jobs were not told'))
      .finally(() => (this.#isTelling = false));
  }

  async #tell(): Promise<void> {
    const now = performance.now();
    for (let sent = 0; sent < messagesAtOnce && this.#changed.size + this.#ended.length > 0; sent += 1)
      await this.#send(this.#changes());
    if (!this.#rest && now - this.#roundAt >= round) this.#beginRound(now);
    const more = this.#rest ? this.#nextOfAll(this.#rest) : undefined;
    const backends = now - this.#askedAt >= asking ? await this.#toldBackends(now) : undefined;
    if (more ?? backends ?? now - this.#toldAt >= silence)
      await this.#send({ ...(more ?? nothing), ...(backends ? { backends } : {}) });
  }

  #changes(): Part {
    const keys = [...this.#changed.values().take(jobsAtOnce)];
    for (const key of keys) this.#changed.delete(key);
    const jobs = keys.flatMap((key) => this.#jobs.get(key)?.told ?? []);
    const gone = keys.filter((key) => !this.#jobs.has(key));
    return { jobs, gone, ended: this.#ended.splice(0, jobsAtOnce) };
  }

  #beginRound(now: number): void {
    this.#roundAt = now;
    this.#rest = this.#jobs.values();
    this.#allFrom = this.#number + 1;
    this.#toldOfBackends = '';
    this.#askedAt = -Infinity;
  }

  /** Those that come meanwhile are told of as changes, and here once more. */
  #nextOfAll(rest: MapIterator<HeldJob>): Part {
    const jobs = Array.from(rest.take(jobsAtOnce), ({ told }) => told);
    if (jobs.length === jobsAtOnce) return { ...nothing, jobs };
    this.#rest = undefined;
    return { ...nothing, jobs, allSince: this.#allFrom };
  }

  /** Undefined where it is as it was told last. */
  async #toldBackends(now: number): Promise<readonly ToldBackend[] | undefined> {
    this.#askedAt = now;
    const found = await Promise.all(this.#backends.map(async (backend) => await toldBackend(backend)));
    const text = JSON.stringify(found);
    if (text === this.#toldOfBackends) return undefined;
    this.#toldOfBackends = text;
    return found;
  }

  async #send(part: Part): Promise<void> {
    const { client, clock, host, queue } = this.#options;
    this.#toldAt = performance.now();
    this.#number += 1;
    const message: JobMessage = { from: this.#from, number: this.#number, host, queue, ...part };
    const body = JSON.stringify(message);
    const headers = { expires: String(clock.now() + lifetime) };
    // One that is not there is missed by its number, and all is told again.
    await client.send({ destination: client.topic(names.jobs), headers, body }, AbortSignal.timeout(patience));
  }
}

/** One job of the board, as it goes on. */
export class HeldJob implements Disposable {
  told: ToldJob;
  isOver = false;
  readonly #clock: Clock;
  readonly #changed: (end?: EndedJob) => void;

  constructor(told: ToldJob, clock: Clock, changed: (end?: EndedJob) => void) {
    this.told = told;
    this.#clock = clock;
    this.#changed = changed;
  }

  waits(why: string): void {
    const { started, host: _host, ...told } = this.told;
    if (started === undefined && told.why === why) return;
    this.told = told;
    this.#set({ why: short(why) });
  }

  /** `since` where it began before this was known. */
  started(host: string, since = this.#clock.now()): void {
    const { why: _why, ...told } = this.told;
    this.told = told;
    this.#set({ host: short(host), started: Math.round(since) });
  }

  /** It was told to end, and has not yet. */
  ending(): void {
    if (this.told.ending === undefined) this.#set({ ending: this.#clock.now() });
  }

  /** It came to its end; `message` says why it is lost. */
  ended(end: JobEnd, account?: Partial<Pick<JobAccount, 'host' | 'waited' | 'seconds'>>, message?: string): void {
    if (this.isOver) return;
    this.isOver = true;
    const { key, run, step, program, backend, host = account?.host } = this.told;
    this.#changed({
      ...{ key, run, step, program, backend, end, time: this.#clock.now() },
      ...(host === undefined ? {} : { host }),
      ...(account?.waited === undefined ? {} : { waited: account.waited }),
      ...(account?.seconds === undefined ? {} : { seconds: account.seconds }),
      ...(message === undefined ? {} : { message: short(message, longestMessage) }),
    });
  }

  /** It is not held here any more, whatever becomes of it. */
  [Symbol.dispose](): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#changed();
  }

  #set(part: Partial<ToldJob>): void {
    if (this.isOver) return;
    this.told = { ...this.told, ...part };
    this.#changed();
  }
}

function toldOf(
  { key, origin, resources, label }: ShownJob,
  { attempt, backend, asked }: AboutJob,
  now: number,
): ToldJob {
  const { run, step, program, beamline, priority } = origin;
  return {
    ...{ key: short(key), run: short(run), step, attempt, program: short(program), backend, priority },
    ...resources,
    ...(beamline === undefined ? {} : { beamline: short(beamline) }),
    ...(label === undefined ? {} : { label: short(label) }),
    asked: asked ?? now,
  };
}

async function toldBackend({ name, places, isInOrder = false }: Backend): Promise<ToldBackend> {
  if (!places) return { name, isInOrder };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('it does not answer')), patience);
  try {
    const found = await Promise.race([places(), late.promise]);
    return {
      ...{ name, isInOrder },
      places: found.map(({ name: place, capacity, labels, running, isDraining, used }) => ({
        ...{ name: short(place), ...capacity, labels, running, isDraining },
        ...(used ? { used } : {}),
      })),
    };
  } catch (error) {
    return { name, isInOrder, trouble: short(messageOf(error)) };
  } finally {
    clearTimeout(timer);
  }
}
