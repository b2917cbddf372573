import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What programs took, and the table of messages that steps told while they worked: one row a message. */
export const programFormat = `
  -- What the program took that a delivery ran, as JSON.
  ALTER TABLE deliveries ADD COLUMN program TEXT;
  -- The messages that steps told while they worked, by their keys: each is sent on once.
  CREATE TABLE told (run INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (run, key)) STRICT, WITHOUT ROWID;
`;

/** Remembers what was sent on for steps that were still at work. */
export class ToldRows {
  readonly #add: StatementSync;

  constructor(database: DatabaseSync) {
    this.#add = database.prepare('INSERT INTO told (run, key) VALUES (?, ?) ON CONFLICT DO NOTHING');
  }

  /** True when the message is news. */
  add(run: number, key: string): boolean {
    return this.#add.run(run, key).changes === 1;
  }
}
