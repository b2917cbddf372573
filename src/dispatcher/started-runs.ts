import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Which announcement started a run: who comes second with the same run id is a duplicate. Durable: `dispatcher.sqlite` in the store. */
export class StartedRuns implements Disposable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #release: StatementSync;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#database = new DatabaseSync(join(folder, 'dispatcher.sqlite'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS started (run TEXT PRIMARY KEY, announcement TEXT NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    `);
    this.#insert = this.#database.prepare('INSERT INTO started VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#find = this.#database.prepare('SELECT announcement FROM started WHERE run = ?');
    this.#release = this.#database.prepare('DELETE FROM started WHERE announcement = ?');
  }

  /**
   * Claims a run for an announcement (by its key). Killed between this store and the broker, the dispatcher gets the
   * announcement again, finds its own claim, and starts the same run with the same keys.
   */
  claim(run: string, announcement: string, now: number): void {
    this.#insert.run(run, announcement, now);
  }

  /** Gives up what an announcement had claimed: it is certain that nothing was started. So rare that it may look at all claims. */
  release(announcement: string): void {
    this.#release.run(announcement);
  }

  /** True when another announcement has started this run. */
  isTaken(run: string, announcement: string): boolean {
    const owner = this.#find.get(run)?.['announcement'];
    return owner !== undefined && owner !== announcement;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
