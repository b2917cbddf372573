import { orAborted } from '../../src/core/abort.ts';
import { systemClock, type Clock } from '../../src/core/clock.ts';

/** A clock whose minutes pass when they are let pass; all else is the machine's. */
export class MinuteClock implements Clock {
  #minute = Promise.withResolvers<void>();

  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  /** Puts it so many milliseconds forward. */
  put(forward: number): void {
    this.#ahead += forward;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds !== 60_000) return await systemClock.sleep(milliseconds, signal);
    await orAborted(this.#minute.promise, signal ?? new AbortController().signal);
  }

  pass(): void {
    this.#minute.resolve();
    this.#minute = Promise.withResolvers();
  }
}
