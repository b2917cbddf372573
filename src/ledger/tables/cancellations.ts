import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { CancellationRecord } from '../../services/record.ts';

/** Who cancelled a run, and why. */
export interface Cancellation {
  /** Milliseconds since 1970, by the ledger's clock. */
  readonly time: number;
  readonly reason: string | null;
  readonly user: string | null;
}

/** A run that nobody knows may be announced so much later (ms), and so many of them are remembered. */
const unknownFor = 24 * 3600 * 1000;
const unknownLimit = 1_000;

/** Writes the table of cancellations: one row a run that was cancelled before its end, open until then. */
export class CancellationRows {
  readonly #add: StatementSync;
  readonly #end: StatementSync;
  readonly #forgetOld: StatementSync;
  readonly #forgetMany: StatementSync;

  constructor(database: DatabaseSync) {
    const isUnknown = 'ended IS NULL AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.id = cancellations.run)';
    this.#add = database.prepare(
      `INSERT INTO cancellations (run, time, reason, user) VALUES (?, ?, ?, ?) ON CONFLICT (run) DO UPDATE
       SET time = excluded.time, reason = excluded.reason, user = excluded.user, ended = NULL WHERE ended IS NOT NULL`,
    );
    this.#end = database.prepare('UPDATE cancellations SET ended = ? WHERE run = ? RETURNING time, reason, user');
    this.#forgetOld = database.prepare(`DELETE FROM cancellations WHERE time < ? AND ${isUnknown}`);
    this.#forgetMany = database.prepare(
      `DELETE FROM cancellations WHERE run IN
       (SELECT run FROM cancellations WHERE ${isUnknown} ORDER BY time DESC LIMIT -1 OFFSET ${String(unknownLimit)})`,
    );
  }

  /** The run is cancelled from now on; of two who want that before its end the first is kept. True when it is the first. */
  add({ run, reason, user }: CancellationRecord, now: number): boolean {
    return this.#add.run(run, now, reason ?? null, user ?? null).changes === 1;
  }

  /** The run has ended; tells how it was cancelled before, if it was. */
  end(run: string, now: number): Cancellation | undefined {
    return this.#end.get(now, run) as Cancellation | undefined;
  }

  /** Forgets those of runs that nobody has announced for long. */
  forgetUnknown(now: number): void {
    this.#forgetOld.run(now - unknownFor);
    this.#forgetMany.run();
  }
}

/** The runs that are cancelled and have not ended. */
export const selectCancelled = 'SELECT run FROM cancellations WHERE ended IS NULL';
