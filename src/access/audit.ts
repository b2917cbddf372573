import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import type { Role } from './roles.ts';

/**
 * How it is known who somebody is: by logging in, a token, the proxy's word, being on the host, or running the command line
 * there; over the broker it is what whoever may send there says.
 */
export type Way = 'session' | 'token' | 'proxy' | 'host' | 'command line' | 'broker';

/** What somebody did, or wanted to. */
export interface Deed {
  readonly who: string;
  readonly way: Way;
  readonly role?: Role;
  /** From where. */
  readonly address?: string;
  /** What, such as `cancel`. */
  readonly action: string;
  /** To what, such as a run. */
  readonly subject: string;
  /** Why, in the words of who did it. */
  readonly reason?: string;
}

/** An entry of the audit. The time is milliseconds since 1970 UTC. */
export interface AuditEntry extends Deed {
  readonly seq: number;
  readonly time: number;
  /** What came of it; absent while it is under way, and where the monitor ended meanwhile. */
  readonly outcome?: string;
}

/** A page of entries, the newest first; `next` is the cursor of the following. */
export interface AuditPage {
  readonly items: readonly AuditEntry[];
  readonly next?: string;
}

export interface AuditFilter {
  readonly who?: string;
  readonly action?: string;
  readonly subject?: string;
  /** The `next` of the page before. */
  readonly cursor?: string;
  readonly limit: number;
}

/** Entries beyond this number are forgotten, the oldest first: some 30 MB. Only who has a role can write any. */
const entriesAtMost = 100_000;

/** Who did what when, and why. */
export class Audit {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Writes down that somebody wants to do it, does it, and writes down what came of it. What cannot be written down is
   * not done.
   */
  async of<Result>(deed: Deed, work: () => Promise<Result>, outcomeOf: (result: Result) => string): Promise<Result> {
    const seq = this.#enter(deed);
    try {
      const result = await work();
      this.#close(seq, outcomeOf(result));
      return result;
    } catch (error) {
      this.#close(seq, `failed: ${error instanceof Error ? error.message : 'for a reason without words'}`);
      throw error;
    }
  }

  /** Writes down what was done elsewhere. */
  note(deed: Deed, outcome: string): void {
    this.#close(this.#enter(deed), outcome);
  }

  page({ who, action, subject, cursor, limit }: AuditFilter): AuditPage {
    const wanted = Object.entries({ who, action, subject }).filter(
      (each): each is [string, string] => each[1] !== undefined,
    );
    const conditions = ['seq < ?', ...wanted.map(([column]) => `${column} = ?`)].join(' AND ');
    const rows = this.#database
      .prepare(`SELECT * FROM audit WHERE ${conditions} ORDER BY seq DESC LIMIT ?`)
      .all(
        cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor),
        ...wanted.map(([, value]) => value),
        limit + 1,
      );
    const items = rows.slice(0, limit).map(entryOf);
    const last = items.at(-1);
    return { items, ...(rows.length > limit && last ? { next: String(last.seq) } : {}) };
  }

  /** What was done between two times, the earliest first. */
  between(from: number, to: number, limit: number): readonly AuditEntry[] {
    return this.#database
      .prepare('SELECT * FROM audit WHERE time >= ? AND time < ? ORDER BY seq LIMIT ?')
      .all(from, to, limit)
      .map(entryOf);
  }

  #enter({ who, way, role, address, action, subject, reason }: Deed): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        'INSERT INTO audit (time, who, way, role, address, action, subject, reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      )
      .run(this.#clock.now(), who, way, role ?? null, address ?? null, action, subject, reason ?? null);
    const seq = Number(lastInsertRowid);
    this.#database.prepare('DELETE FROM audit WHERE seq <= ?').run(seq - entriesAtMost);
    return seq;
  }

  #close(seq: number, outcome: string): void {
    this.#database.prepare('UPDATE audit SET outcome = ? WHERE seq = ?').run(outcome.slice(0, 1_000), seq);
  }
}

function entryOf(row: Record<string, unknown>): AuditEntry {
  const known = Object.entries(row).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as unknown as AuditEntry;
}
