import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { RunState } from '../views.ts';

/** A run that the ledger knew, and removed. */
export interface RemovedRun {
  /** When it was removed, in milliseconds since 1970. */
  readonly time: number;
  /** How it had ended. */
  readonly state: RunState;
}

/** The ids of runs that were removed: some 60 bytes each, for good. */
export class RemovedRuns {
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync) {
    this.#find = database.prepare(selectRemoved);
    this.#add = database.prepare(
      `INSERT INTO removed_runs (id, time, state) VALUES (?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET time = excluded.time, state = excluded.state`,
    );
    this.#forget = database.prepare('DELETE FROM removed_runs WHERE id = ?');
  }

  find(id: string): RemovedRun | undefined {
    return this.#find.get(id) as RemovedRun | undefined;
  }

  add(id: string, { time, state }: RemovedRun): void {
    this.#add.run(id, time, state);
  }

  /** The id was announced anew, long after. */
  forget(id: string): void {
    this.#forget.run(id);
  }
}

/** A removed run, by its id. */
export const selectRemoved = 'SELECT time, state FROM removed_runs WHERE id = ?';
