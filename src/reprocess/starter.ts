import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { cancelRuns } from '../services/cancel-runs.ts';
import type { Client } from '../stomp/client.ts';
import { invalid, refused } from '../stomp/errors.ts';
import { announcementOf } from './announcement.ts';
import type { BackfillStore, Item, StoredBackfill } from './store.ts';
import type { Hold } from './views.ts';

export interface StarterOptions {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly store: BackfillStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Why nothing may be started now. */
  readonly hold: () => Hold | undefined;
  readonly onMoved: (backfill: string) => void;
}

/** Looks at least so often (ms), as time alone ends a hold. */
const interval = 1_000;
/** An announcement that the broker has not taken by then (ms) is announced again, under the same id. */
const patience = 30_000;

/**
 * Starts the runs of back-fills: one announcement at a time, no faster than each back-fill says, and none while something
 * holds them. That a run is about to be announced is on disk before it is, and that the broker has it, after: whatever
 * dies in between, it is announced again, and the dispatcher knows the run by its id.
 */
export class Starter {
  readonly #options: StarterOptions;
  readonly #stopping = new AbortController();
  /** When the latest run of a back-fill was announced. */
  readonly #last = new Map<string, number>();
  #woken = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(options: StarterOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Looks now: something has changed. */
  wake(): void {
    this.#woken.resolve();
  }

  /** Resolves when nothing is announced any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#options;
    const { signal } = this.#stopping;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      this.#woken = Promise.withResolvers();
      let pause = interval;
      try {
        pause = await this.#round();
      } catch (error) {
        if (!isOver()) log.warn({ reason: messageOf(error) }, 'no run of a back-fill could be started');
      }
      if (pause <= 0) continue;
      const rest = new AbortController();
      const sleep = clock.sleep(pause, AbortSignal.any([signal, rest.signal])).catch(() => undefined);
      await Promise.race([sleep, this.#woken.promise]);
      rest.abort();
      await sleep;
    }
  }

  /** Starts one run at most; returns the milliseconds until it may be worth looking again. */
  async #round(): Promise<number> {
    const { store, clock, hold } = this.#options;
    let soonest = interval;
    for (const backfill of store.open()) {
      if (hold()) break;
      const unsure = store.first(backfill.id, 'announcing');
      if (unsure && backfill.state === 'cancelled') return await this.#withdraw(backfill, unsure);
      if (backfill.state !== 'running') continue;
      if (unsure) return await this.#announce(backfill, unsure);
      const due = this.#due(backfill);
      if (due === undefined) continue;
      const wait = due - clock.now();
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        continue;
      }
      const next = store.first(backfill.id, 'waiting');
      if (next) return await this.#announce(backfill, next);
    }
    return soonest;
  }

  /** When the next run may be started; undefined while as many as there may be are under way, or none is left. */
  #due({ id, request: { pace } }: StoredBackfill): number | undefined {
    const { announcing, announced, running, waiting } = this.#options.store.counts(id);
    if (waiting === 0 || announcing + announced + running >= pace.atOnce) return undefined;
    const last = this.#last.get(id) ?? this.#options.store.lastAnnounced(id);
    if (last !== undefined) this.#last.set(id, last);
    return last === undefined ? -Infinity : last + 60_000 / pace.runsPerMinute;
  }

  async #announce(backfill: StoredBackfill, item: Item): Promise<number> {
    const { store, clock, onMoved } = this.#options;
    const message = this.#messageFor(backfill, item);
    if (!message) {
      store.move(item, 'refused', { reason: 'The ledger does not keep any more what it was made from.' });
      onMoved(backfill.id);
      return 0;
    }
    const now = clock.now();
    this.#last.set(backfill.id, now);
    store.move(item, 'announcing', { announced: now });
    onMoved(backfill.id);
    try {
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(patience)]);
      await this.#options.client.send(message, signal);
    } catch (error) {
      return this.#notTaken(item, error);
    }
    this.#settle(item, 'announced');
    return 0;
  }

  /** What the broker will never take is refused; of all else nobody knows, or it is not there: it is announced again. */
  #notTaken(item: Item, error: unknown): number {
    if (this.#stopping.signal.aborted) return interval;
    const { log } = this.#options;
    const { run } = item;
    log.warn({ run, reason: messageOf(error) }, 'a run of a back-fill was not announced for certain');
    if (!invalid.is(error) && !refused.is(error)) return interval;
    this.#settle(item, 'refused', messageOf(error));
    return 0;
  }

  /** The ledger may have told more of it in the meantime. */
  #settle(item: Item, state: 'announced' | 'refused' | 'withdrawn', reason?: string): void {
    const { store, onMoved } = this.#options;
    if (store.itemOfRun(item.run)?.state !== 'announcing') return;
    store.move(item, state, reason === undefined ? {} : { reason });
    onMoved(item.backfill);
  }

  #messageFor({ creator, request }: StoredBackfill, { source, run, parameters }: Item) {
    const { ledger, client } = this.#options;
    const stored = parameters ? { run: source, parameters } : ledger.queries.recipe(source);
    return stored && announcementOf(stored, { run, creator, request }, client);
  }

  /** Nobody knows whether it was announced before its back-fill was cancelled. It does not go on in any case. */
  async #withdraw(backfill: StoredBackfill, item: Item): Promise<number> {
    const { client } = this.#options;
    const wish = { user: backfill.changed?.by ?? backfill.creator, reason: 'its back-fill was cancelled', timeout: 10 };
    const answers = await cancelRuns(client, new Set([item.run]), wish);
    if (answers.get(item.run) === undefined) return interval;
    this.#settle(item, 'withdrawn', 'Whether it was announced is not known; should it start, it is cancelled.');
    return 0;
  }
}
