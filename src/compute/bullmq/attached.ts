import type { Job as QueuedJob } from 'bullmq';
import { BatonError } from '../../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Ended, Job, JobListener } from '../backend.ts';
import { notStarted } from '../errors.ts';
import { leaseOver, type JobNews, type JobQueue, type JobResult, type SentJob } from './queue.ts';

/** A job in Redis that this process waits for. */
export class Attached {
  readonly job: Job;
  readonly queue: JobQueue;
  readonly #listener: JobListener;
  readonly #answersFrom: (line: number) => Promise<readonly string[]>;
  readonly #end = Promise.withResolvers<Ended>();
  #answered = 0;
  #heard: Promise<void> = Promise.resolve();
  #isTaken = false;
  #host: string | undefined;

  constructor(
    job: Job,
    queue: JobQueue,
    listener: JobListener,
    answersFrom: (line: number) => Promise<readonly string[]>,
  ) {
    this.job = job;
    this.queue = queue;
    this.#listener = listener;
    this.#answersFrom = answersFrom;
    this.#end.promise.catch(() => undefined);
  }

  /** How it ended. Rejects with what it was given up for, and with why it could not be started. */
  get ended(): Promise<Ended> {
    return this.#end.promise;
  }

  /** Why it has not begun; a worker that has taken it knows better. */
  waits(why: string): void {
    if (!this.#isTaken) this.#listener.waits?.(why);
  }

  /** The worker that had taken it ends, and others are to. */
  givenBack(): void {
    this.#isTaken = false;
    this.#host = undefined;
  }

  fail(reason: Error): void {
    this.#end.reject(reason);
  }

  /** What its worker tells while it runs. */
  hear(told: JsonObject): void {
    const { waits } = told;
    if (typeof waits === 'string') return this.#limited(waits);
    const news = newsIn(told);
    if (news.since > 0) this.#begun(news.host, news.since);
    else if (news.host !== '') this.#taken(news.host);
    if (news.printed.length > 0) this.#listener.printed?.(news.printed);
    if (news.answered > this.#answered) this.#heard = this.#heard.then(async () => this.#tellAnswers());
  }

  /** Takes over its end, where it has come to one. */
  async look({
    finishedOn,
    returnvalue,
    failedReason,
    progress,
    ...job
  }: QueuedJob<SentJob, JobResult>): Promise<void> {
    if (finishedOn === undefined) return this.#catchUp(isObject(progress) ? progress : {});
    const result = returnvalue as JobResult | null;
    if (result) return this.take(result);
    await this.#heard;
    const news = newsIn(isObject(progress) ? progress : {});
    if (failedReason !== leaseOver)
      return this.fail(notStarted({ program: this.job.command[0], reason: failedReason }));
    this.#ended(lost(news, job));
  }

  /** What its worker says at its end. */
  take(result: JobResult): void {
    // What was told before is heard before.
    void this.#heard.then(() => {
      if ('ended' in result) this.#ended(result.ended);
      else this.fail(BatonError.of({ ...result.refused, fields: {} }));
    });
  }

  /** What was told while nobody listened, all but what it printed: it may have nothing more to tell for hours. */
  #catchUp(told: JsonObject): void {
    if (newsIn(told).since > 0) this.hear({ ...told, printed: [] });
  }

  #ended(ended: Ended): void {
    this.#begun(ended.host);
    this.#end.resolve(ended);
  }

  /** A worker has put it aside, for others of its kind. */
  #limited(why: string): void {
    this.#isTaken = true;
    this.#listener.waits?.(why);
  }

  #taken(host: string): void {
    this.#isTaken = true;
    this.#listener.waits?.(`It waits for room on ${host}.`);
  }

  #begun(host: string, since?: number): void {
    if (this.#host !== undefined || host === '') return;
    this.#isTaken = true;
    this.#listener.started?.((this.#host = host), since);
  }

  async #tellAnswers(): Promise<void> {
    try {
      const lines = await this.#answersFrom(this.#answered);
      this.#answered += lines.length;
      if (lines.length > 0) this.#listener.answered?.(lines);
    } catch {
      // They are told of with the next, or at its end.
    }
  }
}

function newsIn({ host, since, printed, answered, last }: JsonObject): JobNews {
  const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
  return {
    host: text(host),
    since: typeof since === 'number' ? since : 0,
    printed: Array.isArray(printed) ? printed.map((line) => text(line as Json)) : [],
    answered: typeof answered === 'number' ? answered : 0,
    last: text(last),
  };
}

/** Of a job whose lease was over: as much as was told of it. */
function lost(
  { host, last }: JobNews,
  { timestamp, processedOn }: { readonly timestamp: number; readonly processedOn?: number },
): Ended {
  const begun = processedOn ?? timestamp;
  return {
    backend: 'bullmq',
    ...{ host: host === '' ? 'an unknown host' : host, isLost: true, log: last },
    waited: Math.max(0, begun - timestamp) / 1000,
    seconds: Math.max(0, Date.now() - begun) / 1000,
    ...{ answers: { text: '' }, left: [] },
  };
}
