import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import type { UserRole } from './roles.ts';
import { hashOf, newSecret } from './secret.ts';

/** How long one stays logged in, in hours. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleHours: number;
  /** Whatever is done. */
  readonly hours: number;
}

/** Whom a session belongs to, with the role of this moment. */
export interface Session {
  readonly user: string;
  readonly role: UserRole;
}

const hour = 3_600_000;
/** That a session was used is written down at most so often (ms): most requests write nothing. */
const seenEvery = 60_000;
/** Of one user; the oldest ends when there are more. */
const sessionsAtMost = 50;

/** Who is logged in, kept so that it survives a restart. */
export class Sessions {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #limits: SessionLimits;
  /** Asked with each request. */
  readonly #find: StatementSync;

  constructor(database: DatabaseSync, clock: Clock, limits: SessionLimits) {
    this.#database = database;
    this.#clock = clock;
    this.#limits = limits;
    this.#find = database.prepare(
      'SELECT user, role, seen FROM sessions JOIN users ON users.name = user WHERE hash = ? AND seen > ? AND sessions.created > ?',
    );
  }

  /** Begins one, and returns its secret, which stands nowhere else. The user has to exist. */
  begin(user: string, address: string): string {
    const secret = newSecret();
    const now = this.#clock.now();
    this.#database.prepare('DELETE FROM sessions WHERE seen <= ? OR created <= ?').run(...this.#oldest(now));
    this.#database
      .prepare('INSERT INTO sessions (hash, user, address, created, seen) VALUES (?, ?, ?, ?, ?)')
      .run(hashOf(secret), user, address, now, now);
    this.#database
      .prepare(
        'DELETE FROM sessions WHERE user = ?1 AND hash NOT IN (SELECT hash FROM sessions WHERE user = ?1 ORDER BY created DESC LIMIT ?2)',
      )
      .run(user, sessionsAtMost);
    return secret;
  }

  /** The session of a secret, unless it has ended. */
  find(secret: string): Session | undefined {
    const now = this.#clock.now();
    const hash = hashOf(secret);
    const row = this.#find.get(hash, ...this.#oldest(now));
    if (row === undefined) return undefined;
    if (Number(row['seen']) + seenEvery < now)
      this.#database.prepare('UPDATE sessions SET seen = ? WHERE hash = ?').run(now, hash);
    return { user: String(row['user']), role: row['role'] as UserRole };
  }

  /** From here on the secret is good for nothing. */
  end(secret: string): void {
    this.#database.prepare('DELETE FROM sessions WHERE hash = ?').run(hashOf(secret));
  }

  /** Whether the user is logged in from that address. */
  isKnown(user: string, address: string): boolean {
    return (
      this.#database.prepare('SELECT 1 FROM sessions WHERE user = ? AND address = ? LIMIT 1').get(user, address) !==
      undefined
    );
  }

  #oldest(now: number): [seen: number, created: number] {
    return [now - this.#limits.idleHours * hour, now - this.#limits.hours * hour];
  }
}
