import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { Store } from '../store.ts';
import { readTotals } from '../tables/totals.ts';
import { Watch } from '../watch.ts';
import type { Keep } from './keep.ts';
import { Leftovers } from './leftovers.ts';
import { PayloadRemoval } from './payload-removal.ts';
import { RunRemoval } from './run-removal.ts';
import { Space } from './space.ts';

export interface RetentionOptions {
  readonly store: Store;
  readonly keep: Keep;
  readonly clock: Clock;
  readonly log: Log;
}

/** ms for which one step works, before its transaction is made durable: records wait meanwhile. */
const held = 4;
/** A step is followed by a rest of so many times its length, at least so long (ms): the intake has nine parts of ten. */
const rest = { times: 9, least: 20 };
/** ms between two looks for what is too old or too much. */
const interval = 60_000;
const day = 24 * 3600 * 1000;

/** Removes what is too old or too much, in steps of a few milliseconds between two batches of the intake. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #watch: Watch;
  readonly #space: Space;
  #chores: Chores;
  #isTooLarge = false;

  constructor(options: RetentionOptions) {
    const { store, clock, log } = options;
    this.#options = options;
    this.#space = new Space(store.database);
    this.#chores = choresOf(store);
    const look = async (signal: AbortSignal): Promise<void> => this.#sweep(signal);
    this.#watch = new Watch({ clock, log, interval, what: 'runs that are too old', look });
  }

  /** The ledger was above its size when all had been removed that may be. */
  get isTooLarge(): boolean {
    return this.#isTooLarge;
  }

  start(): void {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
  }

  /** Removes some of it; false when there is nothing left to remove. */
  step(): boolean {
    const end = performance.now() + held;
    try {
      const { store } = this.#options;
      return store.transaction(() => this.#remove(end)) || store.transaction(() => this.#space.giveBack(end));
    } catch (error) {
      // What was only noted in memory did not happen either.
      this.#chores = choresOf(this.#options.store);
      throw error;
    }
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const { clock, log, keep } = this.#options;
    for (;;) {
      const begin = performance.now();
      const isMore = this.step();
      const took = performance.now() - begin;
      if (!isMore) break;
      await clock.sleep(Math.max(rest.least, rest.times * took), signal);
    }
    const isTooLarge = this.#isAboveLimit();
    if (isTooLarge && !this.#isTooLarge)
      log.warn(
        { megabytes: keep.megabytes },
        'the ledger is larger than it should be, and has no ended run left that may be removed',
      );
    this.#isTooLarge = isTooLarge;
  }

  #remove(end: number): boolean {
    const { payloads, runs, leftovers } = this.#chores;
    const { clock, keep, store } = this.#options;
    const now = clock.now();
    const before = (days: number | null): number => (days === null ? -Infinity : now - days * day);
    const removedBefore = readTotals(store.database).get('removed.before') ?? -Infinity;
    const chores = [
      () => runs.step({ before: this.#isAboveLimit() ? Infinity : before(keep.runDays), now }),
      () => payloads.step(before(keep.payloadDays)),
      () => leftovers.step(Math.max(before(keep.runDays), removedBefore), now),
    ];
    for (const chore of chores) while (chore()) if (performance.now() > end) return true;
    runs.restart();
    leftovers.restart();
    return false;
  }

  #isAboveLimit(): boolean {
    const { megabytes } = this.#options.keep;
    return megabytes !== null && this.#space.used > megabytes * 1e6;
  }
}

interface Chores {
  readonly payloads: PayloadRemoval;
  readonly runs: RunRemoval;
  readonly leftovers: Leftovers;
}

function choresOf({ database }: Store): Chores {
  const runs = new RunRemoval(database);
  return {
    runs,
    payloads: new PayloadRemoval(database),
    leftovers: new Leftovers(database, (seq) => runs.removeAnnouncement(seq)),
  };
}
