import type { Clock } from '../core/clock.ts';
import type { Found, Store } from './store.ts';

/** Messages looked at in one turn. */
const BATCH = 500;
/** A timer holds at most 24.8 days. */
const LONGEST_SLEEP_MS = 24 * 3_600_000;

/** What the scheduler has others do. */
export interface ScheduledWork {
  /** These delayed messages are due; `done` is to be called when that is written. */
  release(found: readonly Found[], done: () => void): void;
  /** This message has expired; false when it is not waiting but in flight, where it may stay. */
  expire(found: Found): boolean;
}

/** Wakes up when the next delayed message is due or the next waiting one expires. The store knows them; memory only the next time. */
export class Scheduler {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #work: ScheduledWork;
  #next = Infinity;
  #alarm = new AbortController();
  #isStopped = false;

  constructor(store: Store, clock: Clock, work: ScheduledWork) {
    this.#store = store;
    this.#clock = clock;
    this.#work = work;
  }

  start(): void {
    this.watch(this.#store.nextEvent(0));
  }

  /** Something is to happen at that time (milliseconds since 1970). */
  watch(time: number): void {
    if (time >= this.#next || this.#isStopped) return;
    this.#next = time;
    this.#alarm.abort();
    this.#alarm = new AbortController();
    void this.#wait(time, this.#alarm.signal);
  }

  stop(): void {
    this.#isStopped = true;
    this.#alarm.abort();
  }

  async #wait(time: number, signal: AbortSignal): Promise<void> {
    const left = Math.max(0, time - this.#clock.now());
    try {
      await this.#clock.sleep(Math.min(left, LONGEST_SLEEP_MS), signal);
    } catch {
      return;
    }
    this.#tick();
  }

  #tick(): void {
    const now = this.#clock.now();
    const due = this.#store.due(now, BATCH);
    let expired = 0;
    for (const found of this.#store.expired(now)) {
      if (this.#work.expire(found)) expired += 1;
      if (expired === BATCH) break;
    }
    const hasMore = due.length === BATCH || expired === BATCH;
    this.#work.release(due, () => {
      this.#next = Infinity;
      this.watch(hasMore ? now : this.#store.nextEvent(now));
    });
  }
}
