import type { DelayedError, Queue, QueueEvents, WaitingError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import type { Ended, Job } from '../backend.ts';
import { noBullMq } from '../errors.ts';
import type { JobLimit } from './limits.ts';

/** Where the jobs of a site wait, and how often they may begin. */
export interface QueueSettings {
  /** `redis://[user:password@]host[:port][/database]`, or `rediss://` with TLS. */
  readonly url: string;
  /** Keeps sites that share one Redis apart. */
  readonly prefix: string;
}

/** What of a job goes through Redis. */
export interface SentJob {
  readonly job: Job;
  /** How many of its kind may run on all hosts. */
  readonly limits?: readonly JobLimit[];
}

/** What a worker tells of a job while it runs, every few seconds, whether there is something to tell or not. */
export interface JobNews {
  readonly host: string;
  /** When it began, in milliseconds since 1970; 0 while it waits there for room. */
  readonly since: number;
  /** Lines that it printed since. */
  readonly printed: readonly string[];
  /** How many lines of its answers have been kept so far. */
  readonly answered: number;
  /** The end of what it has printed, for when it is not heard of again. */
  readonly last: string;
}

/** How it came out: it ran, or it could not be started. */
export type JobResult =
  { readonly ended: Ended } | { readonly refused: { code: string; message: string; next: string } };

export type JobQueue = Queue<SentJob, JobResult>;
export type JobWorker = Worker<SentJob, JobResult>;

/** A worker that is not heard of for so long (ms) has lost its jobs; it kills them by then, if it lives. */
export const lease = 20_000;
/** Milliseconds between two renewals of a lease. */
export const renewal = 3_000;
/** Milliseconds between two proofs of life of a job. */
export const heartbeat = 1_000;
/** Seconds for which the result of a job is kept that nobody fetches. */
export const keptFor = 7 * 24 * 3600;

/** Why a job failed whose lease was over. */
export const leaseOver = 'Its worker is not heard of any more.';

/** Where BullMQ keeps the lease of a job: it is there as long as the worker renews it. */
export function leaseKey(prefix: string, queue: string, id: string): string {
  return `${prefix}:${queue}:${id}:lock`;
}

/** The name of the queue for programs that need a host with that label; for any host without. */
export function queueName(label?: string): string {
  return label === undefined ? 'programs' : `programs.${label}`;
}

/** Where the lines of a job's answers are kept while it runs: the log that BullMQ has of a job, and takes out with it. */
export function answersKey(prefix: string, queue: string, id: string): string {
  return `${prefix}:${queue}:${id}:logs`;
}

/** The channel on which jobs are told to end. */
export function cancelChannel(prefix: string): string {
  return `${prefix}:cancel`;
}

/** BullMQ and its client, loaded when they are needed: a site without Redis need not have them. Throws `compute.no-bullmq`. */
export async function loadBullMq(): Promise<{
  readonly Queue: typeof Queue;
  readonly QueueEvents: typeof QueueEvents;
  readonly Worker: typeof Worker;
  readonly DelayedError: typeof DelayedError;
  readonly WaitingError: typeof WaitingError;
  readonly Redis: typeof Redis;
}> {
  try {
    const [bullmq, ioredis] = await Promise.all([import('bullmq'), import('ioredis')]);
    const { Queue, QueueEvents, Worker, DelayedError, WaitingError } = bullmq;
    return { Queue, QueueEvents, Worker, DelayedError, WaitingError, Redis: ioredis.Redis };
  } catch (cause) {
    throw noBullMq({ reason: messageOf(cause) }, { cause });
  }
}
