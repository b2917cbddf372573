import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Job as QueuedJob, QueueEvents } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import { isObject } from '../../core/json.ts';
import { silent, type Log } from '../../core/log.ts';
import {
  endings,
  type AwaitedJob,
  type Backend,
  type Ended,
  type HandedOver,
  type Job,
  type JobListener,
  type Place,
  type Waker,
} from '../backend.ts';
import { beyond, fits } from '../fits.ts';
import { jobId } from '../job-id.ts';
import { Attached } from './attached.ts';
import { AwaitedJobs } from './awaited.ts';
import { answers, connecting } from './connect.ts';
import { leave } from './farewell.ts';
import { FairOrder } from './fair-order.ts';
import { limitsOf } from './limits.ts';
import {
  answersKey,
  cancelChannel,
  keptFor,
  lease,
  leaseKey,
  leaseOver,
  loadBullMq,
  queueName,
  type JobQueue,
  type JobResult,
  type QueueSettings,
  type SentJob,
} from './queue.ts';
import { unleased } from './unleased.ts';
import { whyWaiting } from './waiting.ts';
import { telling, workersIn } from './workers.ts';

export interface BullMqOptions extends QueueSettings {
  /** Programs of one beamline at the same time, over all hosts; any number where absent. */
  readonly perBeamline?: number;
  readonly log?: Log;
}

/** Milliseconds between two looks at jobs of which nothing was heard, and how many are looked at together. */
const lookAgain = 2_000;
const lookedAtTogether = 500;
/** Milliseconds between two times that the worker of a job is told to end it. */
const insistence = 500;

/**
 * Runs programs on the hosts that have a `baton worker`, by way of Redis. A job is named by its key, so that handing it
 * over twice makes one; who asks for it again, after a restart of everything, finds it where it is.
 */
export class BullMqBackend implements Backend {
  readonly name = 'bullmq';
  readonly isInOrder = true;
  readonly #options: BullMqOptions;
  readonly #log: Log;
  readonly #lanes = new Map<string, Promise<Lane>>();
  readonly #attached = new Map<string, Attached>();
  readonly #awaited = new AwaitedJobs(() => void this.#lookAtAwaited(false));
  #redis: Redis | undefined;
  #known: { readonly until: number; readonly workers: Promise<readonly Place[]> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #telling: NodeJS.Timeout | undefined;
  #stopped: Promise<void> | undefined;

  constructor(options: BullMqOptions) {
    this.#options = options;
    this.#log = options.log ?? silent;
  }

  /** A Redis that does not answer is waited for by whoever hands something over. Throws `compute.no-bullmq`. */
  async start(): Promise<void> {
    this.#redis = await connecting(this.#options);
    await answers(this.#redis, this.#options).catch((error: unknown) => {
      this.#log.error({ reason: messageOf(error) }, 'programs wait for Redis');
    });
    await this.#laneOf(undefined);
    this.#lookLater();
    // A look ends only when Redis answers; that it does not is told meanwhile.
    this.#telling = setInterval(() => void this.#tellWaiting(), lookAgain);
  }

  readonly submit = async (job: Job): Promise<void> => {
    await this.#handOver(job);
  };

  /** False where it had been handed over before. */
  async #handOver(job: Job): Promise<boolean> {
    await this.#checkFits(job);
    const { queue, order } = await this.#laneOf(job.label);
    const id = jobId(job.key);
    const priority = await order.placeOf(id, job.origin);
    if (priority === undefined) return false;
    const kept = { age: keptFor };
    const limits = limitsOf(job, this.#options.perBeamline);
    const sent: SentJob = { job, ...(limits.length === 0 ? {} : { limits }) };
    const options = { jobId: id, priority, attempts: 1, removeOnComplete: kept, removeOnFail: kept };
    await queue.add(job.origin.program, sent, options);
    return true;
  }

  async run(job: Job, signal: AbortSignal, listener: JobListener = {}): Promise<Ended> {
    signal.throwIfAborted();
    const id = jobId(job.key);
    const { queue } = await this.#laneOf(job.label);
    const attached = new Attached(job, queue, listener, async (from) => this.#answers(queue.name, id, from));
    this.#attached.set(id, attached);
    for (const news of this.#awaited.takeNews(id)) attached.hear(news);
    const giveUp = (): void => this.#giveUp(id, attached, signal.reason as Error);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    try {
      const handing = this.#handOver(job);
      const isNew = await Promise.race([handing, attached.ended]);
      // It may have ended.
      if (isNew === false) void this.#look(id, attached);
      const ended = await attached.ended;
      // Or it would find nothing of the job, once that is forgotten, and have it run again.
      await handing.catch(() => undefined);
      return ended;
    } finally {
      signal.removeEventListener('abort', giveUp);
      this.#attached.delete(id);
    }
  }

  readonly places = async (): Promise<readonly Place[]> => {
    if (this.#redis?.status !== 'ready') throw new Error('Redis does not answer.');
    return await this.#workers();
  };

  readonly abandon = async ({ key, label }: HandedOver): Promise<void> => {
    const { queue } = await this.#laneOf(label);
    const id = jobId(key);
    // One that runs cannot be taken out before it has ended.
    while (!this.#stopped && (await queue.remove(id)) !== 1) {
      await this.#redis?.publish(cancelChannel(this.#options.prefix), id);
      await sleep(insistence);
    }
  };

  readonly awaits = (job: AwaitedJob, waker: Waker): (() => void) => {
    // Its events are heard from now on.
    void this.#laneOf(job.label).catch(() => undefined);
    return this.#awaited.add(job, waker);
  };

  readonly forget = async (job: HandedOver): Promise<void> => {
    const { queue } = await this.#laneOf(job.label);
    await queue.remove(jobId(job.key));
  };

  /** Lets go of what runs: it goes on, and whoever starts next finds it. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#telling);
    for (const attached of this.#attached.values()) attached.fail(new Error('The backend stops.'));
    const lanes = await Promise.allSettled(this.#lanes.values());
    for (const lane of lanes) {
      if (lane.status === 'fulfilled') await lane.value.close();
    }
    this.#redis?.disconnect();
  }

  /** What no worker has is refused at once; where there is no worker, one is waited for. */
  async #checkFits({ resources, label }: Job): Promise<void> {
    if (!this.#redis) return;
    const capable = (await this.#workers()).filter(({ labels }) => label === undefined || labels.includes(label));
    if (capable.length === 0 || capable.some(({ capacity }) => fits(resources, capacity))) return;
    for (const { capacity } of capable.slice(0, 1)) throw beyond(resources, capacity, this.name);
  }

  /** Asked for again after a while: not for each job. */
  async #workers(): Promise<readonly Place[]> {
    const { prefix } = this.#options;
    if (this.#redis && (!this.#known || performance.now() > this.#known.until))
      this.#known = { until: performance.now() + telling, workers: workersIn(this.#redis, prefix) };
    return (await this.#known?.workers) ?? [];
  }

  /** The queue of a label, made when the first asks for it. */
  async #laneOf(label: string | undefined): Promise<Lane> {
    const name = queueName(label);
    const known = this.#lanes.get(name);
    if (known) return await known;
    const lane = this.#openLane(name);
    this.#lanes.set(name, lane);
    return await lane;
  }

  async #openLane(name: string): Promise<Lane> {
    const { Queue, QueueEvents } = await loadBullMq();
    const { url, prefix } = this.#options;
    const connection = { url, maxRetriesPerRequest: null };
    const queue: JobQueue = new Queue<SentJob, JobResult>(name, { connection, prefix });
    this.#redis ??= await connecting(this.#options);
    const order = new FairOrder(this.#redis, prefix, name);
    const events = new QueueEvents(name, { connection, prefix });
    const away = ({ message }: Error): void => this.#log.debug({ reason: message }, 'Redis does not answer');
    queue.on('error', away);
    events.on('error', away);
    this.#listen(events);
    return { queue, order, close: async () => leave(events, queue) };
  }

  #listen(events: QueueEvents): void {
    const look = ({ jobId: id }: { readonly jobId: string }): void => {
      const attached = this.#attached.get(id);
      if (attached) void this.#look(id, attached);
    };
    events.on('completed', ({ jobId: id, returnvalue }) => {
      this.#awaited.heard(id);
      this.#attached.get(id)?.take(returnvalue as JobResult);
    });
    // It was handed over before, and may have ended.
    events.on('duplicated', look);
    events.on('failed', ({ jobId: id }) => {
      this.#awaited.heard(id);
      look({ jobId: id });
    });
    events.on('waiting', ({ jobId: id }) => {
      this.#awaited.waits(id, undefined);
      this.#attached.get(id)?.givenBack();
    });
    events.on('progress', ({ jobId: id, data }) => {
      if (!isObject(data)) return;
      const { waits } = data;
      if (typeof waits === 'string') this.#awaited.waits(id, waits);
      else this.#awaited.heard(id, data);
      this.#attached.get(id)?.hear(data);
    });
  }

  /** Whether it has come to its end. One that is gone, as Redis lost what it had not written, is handed over once more. */
  async #look(id: string, attached: Attached): Promise<void> {
    try {
      const job = (await attached.queue.getJob(id)) as QueuedJob<SentJob, JobResult> | undefined;
      if (!this.#attached.has(id)) return;
      if (!job) await this.submit(attached.job);
      else if (await this.#isLost(id, attached.queue.name, job)) await this.#giveUpLost(id, attached.queue.name, job);
      else await attached.look(job);
    } catch (error) {
      this.#log.debug({ job: id, reason: messageOf(error) }, 'a job cannot be looked at');
    }
  }

  /** It runs, and nobody renews its lease. */
  async #isLost(id: string, queue: string, job: QueuedJob<SentJob, JobResult>): Promise<boolean> {
    if (job.processedOn === undefined || job.finishedOn !== undefined) return false;
    const isHeld = await this.#redis?.exists(leaseKey(this.#options.prefix, queue, id));
    return isHeld === 0 && (await job.isActive());
  }

  /** Takes the lease over: whoever had it can neither renew it nor deliver any more. Then the job has failed. */
  async #giveUpLost(id: string, queue: string, job: QueuedJob<SentJob, JobResult>): Promise<void> {
    const token = randomUUID();
    const taken = await this.#redis?.set(leaseKey(this.#options.prefix, queue, id), token, 'PX', lease, 'NX');
    if (taken === 'OK') await job.moveToFailed(new Error(leaseOver), token);
  }

  /** What the events do not tell, since Redis was away, is found all the same. */
  #lookLater(): void {
    this.#timer = setTimeout(() => {
      void this.#lookAtAwaited(true);
      void this.#endUnleased();
      const some = [...this.#attached].slice(0, lookedAtTogether);
      // Those come last the next time.
      for (const [id, attached] of some) {
        this.#attached.delete(id);
        this.#attached.set(id, attached);
      }
      void Promise.all(some.map(async ([id, attached]) => this.#look(id, attached))).finally(() => {
        if (!this.#stopped) this.#lookLater();
      });
    }, lookAgain);
  }

  async #lookAtAwaited(others: boolean): Promise<void> {
    if (!this.#redis) return;
    await this.#awaited.look(this.#redis, this.#options.prefix, others).catch((error: unknown) => {
      this.#log.debug({ reason: messageOf(error) }, 'waiting jobs cannot be looked at');
    });
  }

  /** Lost are, too, those that nobody waits for: their run was over before Redis forgot that, or their message is not back yet. */
  async #endUnleased(): Promise<void> {
    try {
      if (this.#redis?.status !== 'ready') return;
      for (const lane of this.#lanes.values()) {
        const { queue } = await lane;
        for (const id of await unleased(this.#redis, this.#options.prefix, queue.name)) {
          const job = await queue.getJob(id);
          if (job && (await this.#isLost(id, queue.name, job))) await this.#giveUpLost(id, queue.name, job);
        }
      }
    } catch (error) {
      this.#log.debug({ reason: messageOf(error) }, 'lost jobs cannot be looked for');
    }
  }

  /** Why those wait that nobody has begun. */
  async #tellWaiting(): Promise<void> {
    const places = await this.places().catch(() => undefined);
    for (const attached of this.#attached.values()) {
      attached.waits(whyWaiting(attached.job, places));
    }
    this.#awaited.tellWhy(places);
  }

  #giveUp(id: string, attached: Attached, reason: Error): void {
    const { code } = reason as { readonly code?: unknown };
    if (!endings.has(code)) return attached.fail(reason);
    void this.#end(id, attached, reason);
  }

  /** One that waits is taken out; the worker of one that runs is told, until it has ended. */
  async #end(id: string, attached: Attached, reason: Error): Promise<void> {
    while (this.#attached.get(id) === attached && !this.#stopped) {
      const isRemoved = await attached.queue.remove(id).catch(() => 0);
      const isGone = isRemoved === 1 || (await attached.queue.getJobState(id).catch(() => 'active')) === 'unknown';
      if (isGone) return attached.fail(reason);
      await this.#redis?.publish(cancelChannel(this.#options.prefix), id).catch(() => undefined);
      await this.#look(id, attached);
      await Promise.race([attached.ended, sleep(insistence)]).catch(() => undefined);
    }
  }

  async #answers(queue: string, id: string, from: number): Promise<readonly string[]> {
    return (await this.#redis?.lrange(answersKey(this.#options.prefix, queue, id), from, -1)) ?? [];
  }
}

/** The queue of one label, and what listens to it. */
interface Lane {
  readonly queue: JobQueue;
  readonly order: FairOrder;
  readonly close: () => Promise<void>;
}
