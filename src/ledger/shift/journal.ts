import type { JsonObject } from '../../core/json.ts';
import type { Store } from '../store.ts';

/** Something that happened around the runs, and that no record tells of. */
export interface JournalEntry {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** `service`: one started, was lost, came back, ended. `health`: a check changed. */
  readonly kind: 'service' | 'health';
  /** Which: `serviceClass on host.pid`, or the check. */
  readonly subject: string;
  readonly told: JsonObject;
}

/** Entries beyond this number are forgotten, the oldest first: some 20 MB, and years of quiet work. */
const entriesAtMost = 100_000;

/** What happened around the runs, over time. */
export class Journal {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Enters them in one transaction. */
  add(entries: readonly Omit<JournalEntry, 'seq'>[]): void {
    const { database } = this.#store;
    const insert = database.prepare('INSERT INTO journal (time, kind, subject, told) VALUES (?, ?, ?, ?)');
    this.#store.transaction(() => {
      for (const { time, kind, subject, told } of entries)
        insert.run(Math.round(time), kind, subject.slice(0, 700), JSON.stringify(told));
      database.prepare('DELETE FROM journal WHERE seq <= (SELECT max(seq) FROM journal) - ?').run(entriesAtMost);
    });
  }

  /** What happened between two times, the earliest first. */
  between(kind: JournalEntry['kind'], from: number, to: number, limit: number): readonly JournalEntry[] {
    const rows = this.#store.database
      .prepare('SELECT * FROM journal WHERE kind = ? AND time >= ? AND time < ? ORDER BY time, seq LIMIT ?')
      .all(kind, from, to, limit);
    return rows.map(entryOf);
  }
}

function entryOf(row: Record<string, unknown>): JournalEntry {
  return { ...row, told: JSON.parse(String(row['told'])) as JsonObject } as JournalEntry;
}
