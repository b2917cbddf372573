import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StepOutcome } from '../../services/record.ts';
import type { AnnouncementCounts, RunState } from '../views.ts';

/** What is counted over everything: kept as it happens, because nothing may count a million rows to draw a page. */
export type Total =
  | `runs.${RunState}`
  | `deliveries.${StepOutcome}`
  | `announcements.${'accepted' | 'refused' | 'duplicate'}`
  | `replies.${'sent' | 'late' | 'undeliverable'}`
  | 'budgets.over'
  | 'reinjections'
  | 'malformed'
  /** What was removed because it was too old or too much, and is counted above all the same, except among the runs by state. */
  | `removed.${'runs' | 'deliveries' | 'announcements' | 'replies' | 'malformed'}`
  /** Records of runs that had been removed when they came. */
  | 'removed.late'
  /** No count: the latest end of a run that was removed, in milliseconds since 1970. */
  | 'removed.before';

/** Adds to the totals; part of the transaction of what it counts. */
export class TotalRows {
  readonly #add: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare(
      'INSERT INTO totals (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value',
    );
  }

  add(changes: ReadonlyMap<Total, number>): void {
    for (const [name, change] of changes) this.#add.run(name, change);
  }
}

/** Reads all totals; those of which nothing has happened yet are absent. */
export function readTotals(database: DatabaseSync): ReadonlyMap<Total, number> {
  const rows = database.prepare('SELECT name, value FROM totals').all();
  return new Map(rows.map(({ name, value }) => [name as Total, Number(value)]));
}

/** The announcements' part of the totals. */
export function announcementCounts(totals: ReadonlyMap<Total, number>): AnnouncementCounts {
  const accepted = totals.get('announcements.accepted') ?? 0;
  const refused = totals.get('announcements.refused') ?? 0;
  const duplicate = totals.get('announcements.duplicate') ?? 0;
  return { announced: accepted + refused + duplicate, accepted, refused, duplicate };
}
