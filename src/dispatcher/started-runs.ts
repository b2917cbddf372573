import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';
import { claimsUnusable } from './errors.ts';

/** Forgotten at a time: a millisecond or two, in which nothing else is done. */
const BATCH = 200;

/** Which announcement started a run: who comes second with the same run id is a duplicate. Durable: `dispatcher.sqlite` in the store. */
export class StartedRuns implements Disposable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #find: StatementSync;
  readonly #release: StatementSync;
  readonly #forget: StatementSync;

  constructor(folder: string) {
    makeFolder(folder);
    this.#database = new DatabaseSync(join(folder, 'dispatcher.sqlite'));
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA busy_timeout = 5000;
      CREATE TABLE IF NOT EXISTS started (run TEXT PRIMARY KEY, announcement TEXT NOT NULL, time INTEGER NOT NULL) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS started_time ON started (time);
    `);
    this.#insert = this.#database.prepare('INSERT INTO started VALUES (?, ?, ?) ON CONFLICT DO NOTHING');
    this.#find = this.#database.prepare('SELECT announcement FROM started WHERE run = ?');
    this.#release = this.#database.prepare('DELETE FROM started WHERE announcement = ?');
    this.#forget = this.#database.prepare(
      'DELETE FROM started WHERE run IN (SELECT run FROM started WHERE time < ? ORDER BY time LIMIT ?)',
    );
  }

  /**
   * Claims a run for an announcement (by its key). Killed between this store and the broker, the dispatcher gets the
   * announcement again, finds its own claim, and starts the same run with the same keys. Throws
   * `dispatcher.claims-unusable`.
   */
  claim(run: string, announcement: string, now: number): void {
    this.#using(() => this.#insert.run(run, announcement, now));
  }

  /** Gives up what an announcement had claimed: it is certain that nothing was started. So rare that it may look at all claims. */
  release(announcement: string): void {
    this.#release.run(announcement);
  }

  /** Forgets the claims that are older, a few at a time with a pause in between, for nobody to wait meanwhile. Resolves with how many. */
  async forget(before: number, pause: () => Promise<void>): Promise<number> {
    for (let forgotten = 0; ; await pause()) {
      const { changes } = this.#using(() => this.#forget.run(before, BATCH));
      forgotten += Number(changes);
      if (changes < BATCH) return forgotten;
    }
  }

  /** True when another announcement has started this run. Throws `dispatcher.claims-unusable`. */
  isTaken(run: string, announcement: string): boolean {
    const owner = this.#using(() => this.#find.get(run))?.['announcement'];
    return owner !== undefined && owner !== announcement;
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  #using<Result>(access: () => Result): Result {
    try {
      return access();
    } catch (cause) {
      throw claimsUnusable({ reason: messageOf(cause) }, { cause });
    }
  }
}
