import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Why a join closed. */
export type Closing = 'complete' | 'missing' | 'deadline';

/** A join that has closed: who was in it stays in it, and whoever comes later is late. */
export interface Closure {
  readonly closing: Closing;
  /** The keys of its members. */
  readonly members: ReadonlySet<string>;
  /** Its outcome is final, and was settled. */
  readonly isSettled: boolean;
}

/** A month: no member of a join comes later than that. */
const remembered = 30 * 24 * 3600 * 1000;

/**
 * Which joins have closed, with which members. Written before a join is settled, so that it closes only once, whatever
 * dies in between. Durable: `joins.sqlite` in the service's folder, shared by all its processes on one host.
 */
export class Closures implements Disposable {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  readonly #settle: StatementSync;
  readonly #reopen: StatementSync;
  readonly #find: StatementSync;

  constructor(folder: string, now: number) {
    mkdirSync(folder, { recursive: true });
    this.#database = new DatabaseSync(join(folder, 'joins.sqlite'));
    this.#database.exec(`
      PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS closures (
        key TEXT PRIMARY KEY, closing TEXT NOT NULL, members TEXT NOT NULL, settled INTEGER NOT NULL DEFAULT 0, time INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS closures_time ON closures (time);
    `);
    this.#database.prepare('DELETE FROM closures WHERE time < ?').run(now - remembered);
    this.#insert = this.#database.prepare(
      'INSERT INTO closures (key, closing, members, time) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    );
    this.#settle = this.#database.prepare('UPDATE closures SET settled = 1 WHERE key = ?');
    this.#reopen = this.#database.prepare('DELETE FROM closures WHERE key = ?');
    this.#find = this.#database.prepare('SELECT closing, members, settled FROM closures WHERE key = ?');
  }

  /** The join closes now, for good. One that has closed stays as it closed, whoever says otherwise: a process that was stopped for a while may. */
  close(key: string, closing: Closing, members: Iterable<string>, now: number): void {
    this.#insert.run(key, closing, JSON.stringify([...members]), now);
  }

  /** Its outcome is with the broker, and its members will not come again. */
  settled(key: string): void {
    this.#settle.run(key);
  }

  /** Its members are dead letters: sent again, they make it anew. */
  reopened(key: string): void {
    this.#reopen.run(key);
  }

  of(key: string): Closure | undefined {
    const row = this.#find.get(key);
    if (!row) return undefined;
    return {
      closing: row['closing'] as Closing,
      members: new Set(JSON.parse(String(row['members'])) as string[]),
      isSettled: row['settled'] === 1,
    };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
