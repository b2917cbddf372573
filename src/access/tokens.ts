import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { noSuchToken, tokenExists } from './errors.ts';
import { checkName } from './names.ts';
import type { Role } from './roles.ts';
import { hashOf, newSecret } from './secret.ts';

/** What a script shows in place of a login. Times are milliseconds since 1970 UTC. */
export interface Token {
  readonly name: string;
  readonly role: Role;
  readonly creator: string;
  readonly created: number;
  readonly expires: number;
  /** When it was last used, to about a minute; absent when it never was. */
  readonly used?: number;
}

/** What stands before each, so that programs which look for leaked secrets find it. */
const prefix = 'baton_';
const usedEvery = 60_000;

/** How the names of tokens begin that a command makes for itself, where it may write the store. */
export const commandTokens = 'baton-command-';

/** Tokens for scripts. */
export class Tokens {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  /** Asked with each request. */
  readonly #find: StatementSync;

  constructor(database: DatabaseSync, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#find = database.prepare(
      'SELECT name, role, creator, created, expires, used FROM tokens WHERE hash = ? AND expires > ?',
    );
  }

  list(): readonly Token[] {
    const select = 'SELECT name, role, creator, created, expires, used FROM tokens ORDER BY name';
    return this.#database
      .prepare(select)
      .all()
      .map(({ used, ...token }) => ({
        ...(token as unknown as Token),
        ...(used === null ? {} : { used: Number(used) }),
      }));
  }

  /** Makes one, and returns its text, which stands nowhere else. Throws `access.bad-name` and `access.token-exists`. */
  create({ name, role, creator, expires }: Pick<Token, 'name' | 'role' | 'creator' | 'expires'>): string {
    checkName(name);
    const secret = prefix + newSecret();
    const insert =
      'INSERT INTO tokens (name, hash, role, creator, created, expires) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING';
    const { changes } = this.#database
      .prepare(insert)
      .run(name, hashOf(secret), role, creator, this.#clock.now(), expires);
    if (changes === 0) throw tokenExists({ name });
    return secret;
  }

  /** From the next request on it is good for nothing. Throws `access.no-such-token`. */
  revoke(name: string): void {
    const { changes } = this.#database.prepare('DELETE FROM tokens WHERE name = ?').run(name);
    if (changes === 0) throw noSuchToken({ name, known: this.list().map((token) => token.name) });
  }

  /** The token of a text, unless it has expired. */
  find(text: string): Token | undefined {
    const now = this.#clock.now();
    const row = this.#find.get(hashOf(text), now);
    if (row === undefined) return undefined;
    const { used, ...token } = row;
    if (Number(used ?? 0) + usedEvery < now)
      this.#database.prepare('UPDATE tokens SET used = ? WHERE name = ?').run(now, row['name'] ?? '');
    return { ...(token as unknown as Token), ...(used === null ? {} : { used: Number(used) }) };
  }

  /** Forgets those that have expired and whose names begin so. */
  forgetExpired(beginning: string): void {
    this.#database
      .prepare('DELETE FROM tokens WHERE expires <= ? AND substr(name, 1, ?) = ?')
      .run(this.#clock.now(), beginning.length, beginning);
  }
}
