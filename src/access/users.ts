import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { noSuchUser, userExists } from './errors.ts';
import { checkName } from './names.ts';
import type { Passwords } from './passwords.ts';
import type { UserRole } from './roles.ts';

/** Somebody who may log in. Times are milliseconds since 1970 UTC. */
export interface User {
  readonly name: string;
  readonly role: UserRole;
  readonly created: number;
  /** When the password was set. */
  readonly changed: number;
}

/** Those who may log in with a password. */
export class Users {
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #passwords: Passwords;
  /** Asked with many requests. */
  readonly #any: StatementSync;

  constructor(database: DatabaseSync, clock: Clock, passwords: Passwords) {
    this.#database = database;
    this.#clock = clock;
    this.#passwords = passwords;
    this.#any = database.prepare('SELECT 1 FROM users LIMIT 1');
  }

  list(): readonly User[] {
    const rows = this.#database.prepare('SELECT name, role, created, changed FROM users ORDER BY name').all();
    return rows as unknown as readonly User[];
  }

  get exist(): boolean {
    return this.#any.get() !== undefined;
  }

  /** Throws `access.bad-name`, `access.bad-password` and `access.user-exists`. */
  async add(name: string, role: UserRole, password: string): Promise<void> {
    checkName(name);
    this.checkNew(name);
    const hash = await this.#passwords.hash(password);
    const now = this.#clock.now();
    const insert =
      'INSERT INTO users (name, role, password, created, changed) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    const { changes } = this.#database.prepare(insert).run(name, role, hash, now, now);
    if (changes === 0) throw userExists({ name });
  }

  /** Throws `access.user-exists`: before somebody is asked for a password in vain. */
  checkNew(name: string): void {
    if (this.#find(name)) throw userExists({ name });
  }

  /** Throws `access.no-such-user`. */
  check(name: string): void {
    if (!this.#find(name)) throw noSuchUser({ name, known: this.list().map((user) => user.name) });
  }

  /** The user, and with it all sessions. Throws `access.no-such-user`. */
  remove(name: string): void {
    this.check(name);
    this.#database.prepare('DELETE FROM users WHERE name = ?').run(name);
  }

  /** It counts from the next request on. Throws `access.no-such-user`. */
  setRole(name: string, role: UserRole): void {
    this.check(name);
    this.#database.prepare('UPDATE users SET role = ? WHERE name = ?').run(role, name);
  }

  /** Whoever was logged in with the old one is so no more. Throws `access.no-such-user` and `access.bad-password`. */
  async setPassword(name: string, password: string): Promise<void> {
    this.check(name);
    this.#keep(name, await this.#passwords.hash(password));
    this.#database.prepare('DELETE FROM sessions WHERE user = ?').run(name);
  }

  /** Whether this is the password of that user; takes as long for a user that is not there. Throws `access.busy`. */
  async isPassword(name: string, password: string): Promise<boolean> {
    const kept = this.#find(name);
    if (!(await this.#passwords.matches(password, kept))) return false;
    // It may have been changed, or the user removed, while it was compared.
    if (kept === undefined || this.#find(name) !== kept) return false;
    if (this.#passwords.isOutdated(kept)) this.#keep(name, await this.#passwords.hash(password));
    return true;
  }

  #find(name: string): string | undefined {
    const row = this.#database.prepare('SELECT password FROM users WHERE name = ?').get(name);
    return row === undefined ? undefined : String(row['password']);
  }

  #keep(name: string, hash: string): void {
    const update = 'UPDATE users SET password = ?, changed = ? WHERE name = ?';
    this.#database.prepare(update).run(hash, this.#clock.now(), name);
  }
}
