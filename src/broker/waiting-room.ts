import type { Clock } from '../core/clock.ts';
import { slept } from './heart-beat.ts';
import type { Entry, Writer } from './writer.ts';

/** How often room is looked for that nobody tells of, as on the disk, and whether somebody has waited long enough. */
const EVERY_MS = 1000;

/** What of a writer waits, since when, and how much had been freed when it was last tried. */
interface Waiter {
  readonly entries: Entry[];
  readonly since: number;
  reason: Error;
  tried: number;
  isTold: boolean;
  /** Its entries are in the turn: what comes of them is new. */
  isTrying: boolean;
}

/** Writers for whose messages there is no room. Each is tried again when something was freed, and refused when it has waited too long. */
export class WaitingRoom {
  readonly #clock: Clock;
  readonly #waitMs: number;
  readonly #enter: (entry: Entry) => void;
  readonly #waiters = new Map<Writer, Waiter>();
  readonly #isClosed = new AbortController();
  #freed = 1;
  #isWatching = false;

  constructor(clock: Clock, waitMs: number, enter: (entry: Entry) => void) {
    this.#clock = clock;
    this.#waitMs = waitMs;
    this.#enter = enter;
  }

  /** Entries of this writer have to stand behind others of it. */
  has(writer: Writer | undefined): boolean {
    const waiter = writer && this.#waiters.get(writer);
    return waiter !== undefined && !waiter.isTrying;
  }

  /** The entry waits behind those of its writer; the reason is what the writer is told when it has waited too long. */
  keep(writer: Writer, entry: Entry, reason?: Error): void {
    const waiter = this.#waiters.get(writer) ?? this.#admit(writer, reason ?? new Error('no room'));
    waiter.entries.push(entry);
    waiter.isTrying = false;
    if (reason) waiter.reason = reason;
  }

  /** Something was removed, from the store or from memory. */
  freed(): void {
    this.#freed += 1;
  }

  /** Tries one writer again, if anything was freed since it was tried: the one that was tried longest ago. */
  retry(): void {
    let next: [Writer, Waiter] | undefined;
    for (const one of this.#waiters) if (one[1].tried < (next?.[1].tried ?? this.#freed)) next = one;
    if (next === undefined) return;
    const [writer, waiter] = next;
    waiter.tried = this.#freed;
    waiter.isTrying = true;
    for (const entry of waiter.entries.splice(0)) this.#enter(entry);
    this.#enter({ writer, stored: () => this.#release(writer, waiter) });
  }

  /** What the writer has waiting will not be: all of it fails. */
  giveUp(writer: Writer): void {
    const waiter = this.#waiters.get(writer);
    this.#waiters.delete(writer);
    for (const entry of waiter?.entries ?? []) entry.failed?.(waiter?.reason ?? new Error('given up'));
  }

  close(): void {
    this.#isClosed.abort();
  }

  #admit(writer: Writer, reason: Error): Waiter {
    const since = this.#clock.now();
    // What it was refused for may have been freed in this very turn: it comes last, but comes.
    const waiter = { entries: [], since, reason, tried: this.#freed - 1, isTold: false, isTrying: false };
    this.#waiters.set(writer, waiter);
    writer.hold();
    void this.#watch();
    return waiter;
  }

  #release(writer: Writer, waiter: Waiter): void {
    if (this.#waiters.get(writer) !== waiter) return;
    this.#waiters.delete(writer);
    // There may be room for another.
    this.#freed += 1;
    writer.release();
  }

  async #watch(): Promise<void> {
    if (this.#isWatching) return;
    this.#isWatching = true;
    while (
      this.#waiters.size > 0 &&
      (await slept(this.#clock, Math.min(EVERY_MS, this.#waitMs), this.#isClosed.signal))
    ) {
      const now = this.#clock.now();
      for (const [writer, waiter] of this.#waiters) {
        if (waiter.isTrying) continue;
        if (now - waiter.since >= this.#waitMs) this.giveUp(writer);
        else if (!waiter.isTold) writer.slowed(waiter.reason);
        waiter.isTold = true;
      }
      this.#freed += 1;
      this.retry();
    }
    this.#isWatching = false;
  }
}
