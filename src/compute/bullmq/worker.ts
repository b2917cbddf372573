import { hostname } from 'node:os';
import type { Job as QueuedJob } from 'bullmq';
import type { Redis } from 'ioredis';
import { BatonError } from '../../core/errors.ts';
import { silent, type Log } from '../../core/log.ts';
import type { Backend, Job, Resources } from '../backend.ts';
import { fits } from '../fits.ts';
import { connected } from './connect.ts';
import { leave, patience, within } from './farewell.ts';
import { JobTeller } from './job-teller.ts';
import { LimitedJobs } from './limited.ts';
import {
  cancelChannel,
  lease,
  loadBullMq,
  queueName,
  renewal,
  type JobResult,
  type JobWorker,
  type QueueSettings,
  type SentJob,
} from './queue.ts';
import { forgetWorker, telling, tellOfWorker } from './workers.ts';

export interface BullMqWorkerOptions extends QueueSettings {
  /** Runs the programs, here. */
  readonly backend: Backend & { readonly capacity: Resources; readonly used?: Resources };
  /** What kind of host this is: it takes jobs for these, beside those for any. */
  readonly labels?: readonly string[];
  /** So many jobs begin in so many seconds at most, over all workers. */
  readonly rate?: { readonly jobs: number; readonly seconds: number };
  /** Throws for a job that this host does not run, whoever asks. */
  readonly permits: (job: Job) => void;
  readonly log?: Log;
}

/** ms after which a job is offered again that is too large for this host. */
const elsewhere = 2_000;
/** ms between two looks for jobs that may go on, though nobody has said so. */
const lookAgain = 2_000;

/** Runs jobs from Redis on this host. `start` resolves when it takes jobs; `stop` when none runs. */
export class BullMqWorker implements AsyncDisposable {
  readonly #options: BullMqWorkerOptions;
  readonly #log: Log;
  /** By job: when its lease was renewed last, and what ends it. */
  readonly #leases = new Map<string, Lease>();
  readonly #stopping = new AbortController();
  readonly #workers: JobWorker[] = [];
  #redis: Redis | undefined;
  #subscriber: Redis | undefined;
  #limited: LimitedJobs | undefined;
  #watch: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #isDraining = false;
  #stopped: Promise<void> | undefined;

  constructor(options: BullMqWorkerOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  /** What it has. */
  get capacity(): Resources {
    return this.#options.backend.capacity;
  }

  /** Jobs that run here. */
  get running(): number {
    return this.#leases.size;
  }

  /** Throws `compute.no-bullmq` or `compute.no-redis`. */
  async start(): Promise<void> {
    const { backend, prefix, labels = [] } = this.#options;
    await backend.start();
    this.#redis = await connected(this.#options);
    this.#subscriber = await connected(this.#options);
    this.#limited = new LimitedJobs(this.#redis, this.#options, this.#log);
    this.#subscriber.on('message', (_channel, id) => this.#leases.get(id)?.end(new Error('The run was cancelled.')));
    await this.#subscriber.subscribe(cancelChannel(prefix));
    for (const label of [undefined, ...labels]) this.#workers.push(await this.#work(queueName(label)));
    await this.#tellOfItself();
    this.#watch = setInterval(() => this.#endUnleased(), 1_000);
    this.#telling = setInterval(() => void this.#tellOfItself(), telling);
    this.#looking = setInterval(() => void this.#limited?.look(), lookAgain);
  }

  /** Takes no more, and lets what runs come to its end; `hurry` gives it back, for other hosts. */
  async stop(hurry = false): Promise<void> {
    if (hurry) this.#stopping.abort(new Error('The worker stops.'));
    this.#stopped ??= this.#stop();
    if (hurry) await this.#hurried(this.#stopped);
    else await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(true);
  }

  async #stop(): Promise<void> {
    this.#isDraining = true;
    await Promise.all(this.#workers.map(async (worker) => worker.close()));
    await this.#limited?.stop();
    if (this.#redis?.status === 'ready') await forgetWorker(this.#redis, this.#options.prefix);
    await this.#options.backend.stop();
    this.#disconnect();
  }

  /** Nothing can be given back to a Redis that is away: when its leases are over, others take for lost what ran here. */
  async #hurried(stopped: Promise<void>): Promise<void> {
    await this.#options.backend.stop();
    const isStopped = await within(patience, stopped);
    if (isStopped || this.#redis?.status === 'ready') return await stopped;
    await leave(...this.#workers);
    await this.#limited?.stop();
    this.#disconnect();
  }

  #disconnect(): void {
    clearInterval(this.#watch);
    clearInterval(this.#telling);
    clearInterval(this.#looking);
    this.#redis?.disconnect();
    this.#subscriber?.disconnect();
  }

  async #tellOfItself(): Promise<void> {
    const { backend, prefix, labels = [] } = this.#options;
    if (this.#redis?.status !== 'ready') return;
    const { capacity, used } = backend;
    const own = { capacity, ...(used ? { used } : {}) };
    const view = { ...own, labels, running: this.running, isDraining: this.#isDraining };
    await tellOfWorker(this.#redis, prefix, view).catch(() => undefined);
  }

  async #work(name: string): Promise<JobWorker> {
    const { Worker } = await loadBullMq();
    const { url, prefix, backend, rate } = this.#options;
    const worker: JobWorker = new Worker<SentJob, JobResult>(
      name,
      async (job, token = '') => await this.#process(job, token),
      {
        connection: { url, maxRetriesPerRequest: null },
        ...{ prefix, name: hostname(), concurrency: backend.capacity.cores },
        ...{ lockDuration: lease, lockRenewTime: renewal, skipStalledCheck: true },
        ...(rate ? { limiter: { max: rate.jobs, duration: rate.seconds * 1000 } } : {}),
      },
    );
    worker.on('locksRenewed', ({ jobIds }) => {
      for (const id of jobIds) this.#leases.get(id)?.renewed();
    });
    worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#leases.get(id)?.end(new LeaseLost());
    });
    worker.on('error', (error) => this.#log.debug({ reason: error.message }, 'Redis does not answer'));
    await worker.waitUntilReady();
    return worker;
  }

  async #process(queued: QueuedJob<SentJob, JobResult>, token: string): Promise<JobResult> {
    const { job } = queued.data;
    const { backend, permits } = this.#options;
    try {
      permits(job);
      if (!fits(job.resources, backend.capacity)) return await this.#passOn(queued, token);
      if ((await this.#limited?.mayRun(queued, token)) === false) return await this.#isPutAside();
      return { ended: await this.#run(queued, job) };
    } catch (error) {
      if (this.#stopping.signal.aborted) return await this.#giveBack(queued, token);
      if (!(error instanceof BatonError)) throw error;
      const { code, message, next } = error.parts();
      return { refused: { code, message, next } };
    }
  }

  async #run(
    queued: QueuedJob<SentJob, JobResult>,
    job: Job,
  ): Promise<Extract<JobResult, { ended: unknown }>['ended']> {
    const id = String(queued.id);
    const held = new Lease();
    const { prefix } = this.#options;
    this.#leases.set(id, held);
    await using teller = new JobTeller(queued, this.#redis, prefix);
    try {
      const signal = AbortSignal.any([held.signal, this.#stopping.signal]);
      const ended = await this.#options.backend.run(job, signal, teller.listener);
      this.#stopping.signal.throwIfAborted();
      const queuedFor = Math.max(0, (queued.processedOn ?? queued.timestamp) - queued.timestamp) / 1000;
      return { ...ended, backend: 'bullmq', waited: queuedFor + ended.waited };
    } finally {
      this.#leases.delete(id);
      void this.#limited?.hasEnded(queued);
    }
  }

  /** Whoever is large enough takes it. */
  async #passOn(queued: QueuedJob<SentJob, JobResult>, token: string): Promise<never> {
    await queued.moveToDelayed(Date.now() + elsewhere, token);
    return await this.#isPutAside();
  }

  async #isPutAside(): Promise<never> {
    const { DelayedError } = await loadBullMq();
    throw new DelayedError();
  }

  async #giveBack(queued: QueuedJob<SentJob, JobResult>, token: string): Promise<never> {
    await queued.moveToWait(token);
    const { WaitingError } = await loadBullMq();
    throw new WaitingError();
  }

  /** Others take a job for lost whose lease was not renewed in time: by then it has ended here. */
  #endUnleased(): void {
    for (const [id, held] of this.#leases) {
      if (!held.isOver) continue;
      this.#log.warn({ job: id }, 'Redis was away for too long: a job ends');
      held.end(new LeaseLost());
    }
  }
}

/** The right to run a job, as long as it is renewed. */
class Lease {
  readonly #ending = new AbortController();
  #renewed = performance.now();

  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get isOver(): boolean {
    return performance.now() > this.#renewed + lease && !this.#ending.signal.aborted;
  }

  renewed(): void {
    this.#renewed = performance.now();
  }

  end(reason: Error): void {
    this.#ending.abort(reason);
  }
}

class LeaseLost extends Error {
  constructor() {
    super('The job was taken for lost.');
  }
}
