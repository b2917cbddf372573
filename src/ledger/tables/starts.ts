import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StartedMessage } from '../../services/record.ts';

/** Writes down the messages that a run began with, where those are not its recipe's. */
export class StartRows {
  readonly #keep: StatementSync;

  constructor(database: DatabaseSync) {
    this.#keep = database.prepare('UPDATE announcements SET started = ? WHERE seq = ?');
  }

  keep(announcement: number, started: readonly StartedMessage[]): void {
    this.#keep.run(JSON.stringify(started), announcement);
  }
}
