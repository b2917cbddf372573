import type { Clock } from '../core/clock.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RunSummary } from '../ledger/views.ts';
import type { SettledAnnouncement } from '../ledger/past-runs.ts';
import { names } from '../services/names.ts';
import type { Gate } from './gate.ts';
import type { BackfillStore, Item } from './store.ts';
import type { ItemState } from './views.ts';

export interface FollowerOptions {
  readonly ledger: Ledger;
  readonly store: BackfillStore;
  readonly gate: Gate;
  readonly clock: Clock;
  /** Something of the back-fill has moved. */
  readonly onMoved: (backfill: string) => void;
  /** Live data came. */
  readonly onLive: () => void;
}

/** Announcements read in one go. */
const batch = 500;

/**
 * Follows the ledger: what became of each run of a back-fill, and whether live data comes. What the ledger says is what a
 * back-fill shows; so its numbers are the ledger's.
 */
export class Follower {
  readonly #options: FollowerOptions;
  readonly #endings: (() => void)[] = [];
  #seq = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Catches up with what the ledger heard while nobody followed, and goes on with what it hears. */
  start(): void {
    const { ledger, store } = this.#options;
    const latest = ledger.past.latestAnnouncement;
    const open = store.open();
    const since = Math.min(latest, ...open.map((backfill) => backfill.since));
    // A ledger that begins anew counts from 1: what a back-fill remembers of another one says nothing.
    this.#seq = open.some((backfill) => backfill.since > latest) ? 0 : since;
    this.#hearLive(ledger.past.announcementsAfter(Math.max(0, latest - batch), batch), 'then');
    this.#catchUp('then');
    for (const { id } of open) {
      for (const item of store.items(id, { states: ['announcing', 'announced', 'running'] })) {
        const run = ledger.queries.summary(item.run);
        if (run) this.#move(item, run.state);
      }
    }
    this.#endings.push(
      ledger.events.on('announcements', () => this.#catchUp('now')),
      ledger.events.on('run', (run) => this.#hearRun(run)),
    );
  }

  stop(): void {
    for (const end of this.#endings.splice(0)) end();
  }

  #catchUp(heard: 'now' | 'then'): void {
    for (;;) {
      const announcements = this.#options.ledger.past.announcementsAfter(this.#seq, batch);
      this.#hearLive(announcements, heard);
      for (const { queue, outcome, run, reason } of announcements)
        if (queue === names.reruns && outcome === 'refused') this.#hearRefusal(run, reason);
      this.#seq = announcements.at(-1)?.seq ?? this.#seq;
      if (announcements.length < batch) return;
    }
  }

  /** What comes now counts by this clock: a sender's that is off neither lets anything pass nor holds it for longer. */
  #hearLive(announcements: readonly SettledAnnouncement[], heard: 'now' | 'then'): void {
    const { gate, clock, onLive } = this.#options;
    const now = clock.now();
    const live = announcements.filter(
      ({ outcome, queue, lane }) => outcome === 'accepted' && queue !== names.reruns && lane !== 'reprocessing',
    );
    for (const { received, beamline } of live) gate.live(heard === 'now' ? now : Math.min(received, now), beamline);
    if (live.length > 0) onLive();
  }

  #hearRefusal(run: string, reason: string | undefined): void {
    const item = this.#options.store.itemOfRun(run);
    // Sent twice, one of the two may have been refused as the other was under way.
    if (item && (item.state === 'announcing' || item.state === 'announced')) this.#move(item, 'refused', reason);
  }

  #hearRun(run: RunSummary): void {
    if (run.rerunOf === undefined) return;
    const item = this.#options.store.itemOfRun(run.id);
    if (item) this.#move(item, run.state);
  }

  #move(item: Item, state: ItemState, reason?: string): void {
    if (item.state === state) return;
    this.#options.store.move(item, state, reason === undefined ? {} : { reason });
    this.#options.onMoved(item.backfill);
  }
}
