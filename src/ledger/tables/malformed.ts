import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Malformed } from '../intake.ts';

/** Keeps what came on the ledger's queue and is no record, with the reason, for people to look at. */
export class MalformedRows {
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare(
      'INSERT INTO malformed (messageId, place, time, reason, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
  }

  /** True when it was not known yet. */
  add(messageId: string, { place, reason, body }: Malformed, now: number): boolean {
    return this.#insert.run(messageId, place, now, reason, body).changes === 1;
  }
}
