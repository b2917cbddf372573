import { isDeepStrictEqual } from 'node:util';
import type { JobMessage, ToldBackend, ToldJob } from '../../services/jobs/job-message.ts';

/** A job, and in which message of its holder it stood last. */
interface Known {
  readonly told: ToldJob;
  mentioned: number;
}

/** What one process has told of the jobs that it holds. */
export class Holder {
  readonly host: string;
  readonly queue: string;
  readonly #jobs = new Map<string, Known>();
  backends: readonly ToldBackend[] = [];
  heard: number;
  isUnheard = false;
  #number = 0;
  /** Before this number messages were missed. */
  #missedBefore = 0;
  #isAll = false;

  constructor({ host, queue }: JobMessage, now: number) {
    this.host = host;
    this.queue = queue;
    this.heard = now;
  }

  /** Whether nothing that it holds can be unknown. */
  get isAll(): boolean {
    return this.#isAll;
  }

  get size(): number {
    return this.#jobs.size;
  }

  *jobs(): Generator<ToldJob, void, undefined> {
    for (const { told } of this.#jobs.values()) yield told;
  }

  /** Somebody else holds it now. */
  drop(key: string): void {
    this.#jobs.delete(key);
  }

  /** Takes over what a message says; `room` is for how many jobs more there is. Tells whether anything has changed. */
  take(message: JobMessage, now: number, room: number): boolean {
    const { number, jobs, gone, ended, allSince, backends } = message;
    this.heard = now;
    if (number <= this.#number) return false;
    if (number !== this.#number + 1) {
      this.#missedBefore = number;
      this.#isAll = false;
    }
    this.#number = number;
    let changed = this.isUnheard || ended.length > 0;
    this.isUnheard = false;
    for (const told of jobs) if (this.#keep(told, number, room)) changed = true;
    for (const key of [...gone, ...ended.map((end) => end.key)]) if (this.#jobs.delete(key)) changed = true;
    if (backends) {
      this.backends = backends;
      changed = true;
    }
    if (allSince !== undefined && allSince >= this.#missedBefore && this.#keepOnlySince(allSince)) changed = true;
    return changed;
  }

  #keep(told: ToldJob, number: number, room: number): boolean {
    const known = this.#jobs.get(told.key);
    if (known) known.mentioned = number;
    if (known ? isDeepStrictEqual(known.told, told) : this.#jobs.size >= room) return false;
    this.#jobs.set(told.key, { told, mentioned: number });
    return true;
  }

  #keepOnlySince(number: number): boolean {
    const before = this.#jobs.size;
    for (const [key, { mentioned }] of this.#jobs) if (mentioned < number) this.#jobs.delete(key);
    const wasAll = this.#isAll;
    this.#isAll = true;
    return !wasAll || this.#jobs.size < before;
  }
}
