import type { Redis } from 'ioredis';
import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { AwaitedJob, Place, Waker } from '../backend.ts';
import { jobId } from '../job-id.ts';
import { queueName } from './queue.ts';
import { whyWaiting } from './waiting.ts';

/** Jobs that are looked at in one question to Redis, and questions in one look. */
const inOneQuestion = 500;
const questionsAtOnce = 8;
/** What is told of jobs between the moment that they are told of first and the moment that somebody listens; the oldest are forgotten. */
const kept = 1_000;

/**
 * Which of these have begun, have ended, or are not there: they are neither in their order, nor put aside. And what was
 * told last of those that are put aside.
 */
const script = `
local due, aside = {}, {}
for i, id in ipairs(ARGV) do
  local job = redis.call('HMGET', KEYS[1] .. id, 'timestamp', 'processedOn', 'finishedOn', 'progress')
  if not job[1] or job[3] then due[#due + 1] = id
  elseif redis.call('ZSCORE', KEYS[1] .. 'delayed', id) then
    aside[#aside + 1] = id
    aside[#aside + 1] = job[4] or ''
  elseif job[2] and not redis.call('ZSCORE', KEYS[1] .. 'prioritized', id) then due[#due + 1] = id end
end
return {due, aside}`;

interface Awaited {
  readonly job: AwaitedJob;
  readonly queue: string;
  readonly waker: Waker;
  /** As the worker says that has put it aside. */
  why?: string | undefined;
}

/**
 * Jobs in Redis that only wait, by their ids. Nobody is told of one before there is something to tell: thousands cost
 * little here, and one question in some seconds there.
 */
export class AwaitedJobs {
  readonly #jobs = new Map<string, Awaited>();
  /** Those that nobody has looked at yet: they may have ended long ago. */
  readonly #fresh: string[] = [];
  readonly #early = new Map<string, JsonObject[]>();
  readonly #look: () => void;

  /** `look` is called when there are new ones to be looked at. */
  constructor(look: () => void) {
    this.#look = look;
  }

  /** What it returns ends the waiting. */
  add(job: AwaitedJob, waker: Waker): () => void {
    const id = jobId(job.key);
    const awaited: Awaited = { job, queue: queueName(job.label), waker };
    this.#jobs.set(id, awaited);
    if (this.#fresh.push(id) === 1) setImmediate(this.#look);
    return () => {
      if (this.#jobs.get(id) === awaited) this.#jobs.delete(id);
    };
  }

  /** Something is told of a job; `news` is kept for who listens to it next. */
  heard(id: string, news?: JsonObject): void {
    const awaited = this.#jobs.get(id);
    if (news && (awaited || this.#early.has(id))) this.#keep(id, news);
    this.#wake(id);
  }

  /** Why it was put aside; nothing: it is not any more. */
  waits(id: string, why: string | undefined): void {
    const awaited = this.#jobs.get(id);
    if (!awaited || awaited.why === why) return;
    awaited.why = why;
    if (why !== undefined) awaited.waker.waits?.(why);
  }

  /** What was told of it since it was heard of first. */
  takeNews(id: string): readonly JsonObject[] {
    const news = this.#early.get(id) ?? [];
    this.#early.delete(id);
    return news;
  }

  tellWhy(places: readonly Place[] | undefined): void {
    for (const { job, waker, why } of this.#jobs.values()) waker.waits?.(why ?? whyWaiting(job, places));
  }

  /** Asks for new ones, and for some others in turn: the events of those may have been missed while Redis was away. */
  async look(redis: Redis, prefix: string, others: boolean): Promise<void> {
    const some = [...this.#fresh.splice(0), ...(others ? this.#next() : [])];
    const queues = Map.groupBy(
      some.filter((id) => this.#jobs.has(id)),
      (id) => this.#jobs.get(id)?.queue ?? '',
    );
    for (const [queue, ids] of queues) {
      for (let from = 0; from < ids.length; from += inOneQuestion) {
        const asked = ids.slice(from, from + inOneQuestion);
        const found = await redis.eval(script, 1, `${prefix}:${queue}:`, ...asked);
        const [due, aside] = found as readonly [readonly string[], readonly string[]];
        for (const id of due) this.#wake(id);
        for (let n = 0; n < aside.length; n += 2) this.waits(aside[n] ?? '', reasonIn(aside[n + 1] ?? ''));
      }
    }
  }

  /** They come last the next time. */
  #next(): readonly string[] {
    const some = [...this.#jobs.keys().take(inOneQuestion * questionsAtOnce)];
    for (const id of some) {
      const awaited = this.#jobs.get(id);
      this.#jobs.delete(id);
      if (awaited) this.#jobs.set(id, awaited);
    }
    return some;
  }

  #wake(id: string): void {
    const awaited = this.#jobs.get(id);
    this.#jobs.delete(id);
    awaited?.waker.wake();
  }

  #keep(id: string, news: JsonObject): void {
    this.#early.set(id, [...(this.#early.get(id) ?? []), news]);
    for (const oldest of this.#early.keys()) {
      if (this.#early.size <= kept) break;
      this.#early.delete(oldest);
    }
  }
}

function reasonIn(progress: string): string | undefined {
  const told = progress === '' ? null : (JSON.parse(progress) as Json);
  const { waits } = isObject(told) ? told : {};
  return typeof waits === 'string' ? waits : undefined;
}
