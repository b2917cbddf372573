import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { JoinRecord } from '../../services/record.ts';

/** Writes the table of joins: one row a join that is being closed, or has closed. */
export class JoinRows {
  readonly #claim: StatementSync;
  readonly #close: StatementSync;
  readonly #open: StatementSync;
  readonly #members: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#claim = database.prepare('INSERT INTO joins (id, members, time) VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#close = database.prepare(
      `INSERT INTO joins (id, members, time) VALUES (?, '[]', ?)
       ON CONFLICT (id) DO UPDATE SET members = excluded.members, time = excluded.time`,
    );
    this.#open = database.prepare('DELETE FROM joins WHERE id = ?');
    this.#members = database.prepare('SELECT members FROM joins WHERE id = ?');
    this.#forget = database.prepare(
      'DELETE FROM joins WHERE id IN (SELECT id FROM joins WHERE time < ? ORDER BY time LIMIT 20)',
    );
  }

  /** Takes note of it; returns the members of the closing that holds now, null where none does. */
  enter({ id, state, members }: JoinRecord, now: number): readonly string[] | null {
    if (state === 'closing') this.#claim.run(id, JSON.stringify(members), now);
    // Its members will not come again: whoever comes now is late.
    else if (state === 'closed') this.#close.run(id, now);
    else if (state === 'open') this.#open.run(id);
    return JSON.parse(String(this.#members.get(id)?.['members'] ?? 'null')) as string[] | null;
  }

  /** Forgets some of the joins that closed before that time; false when there are none. */
  forgetBefore(time: number): boolean {
    return this.#forget.run(time).changes > 0;
  }
}
