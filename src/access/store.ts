import { chmodSync, chownSync, closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BatonError, messageOf } from '../core/errors.ts';
import { newer, unusable } from './errors.ts';

/** The store's formats: entry n brings a store of format n to format n + 1. What has been released is never edited, only followed by another entry. */
const formats: readonly string[] = [
  `
  CREATE TABLE users (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL,
    password TEXT NOT NULL,      -- how it was hashed, salt and hash
    created INTEGER NOT NULL,
    changed INTEGER NOT NULL     -- the password
  ) STRICT;

  CREATE TABLE sessions (
    hash BLOB NOT NULL PRIMARY KEY,
    user TEXT NOT NULL REFERENCES users (name) ON DELETE CASCADE,
    address TEXT NOT NULL,
    created INTEGER NOT NULL,
    seen INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_user ON sessions (user);

  CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    creator TEXT NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE audit (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    time INTEGER NOT NULL,
    who TEXT NOT NULL,
    role TEXT,
    way TEXT NOT NULL,
    address TEXT,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    reason TEXT,
    outcome TEXT
  ) STRICT;
`,
];

/** The file in its folder. */
export const fileName = 'access.sqlite';

/**
 * Opens the store in the folder, or makes both; monitor and command line have it open at the same time. Nobody but its
 * account may read it, whatever the umask. Throws `access.unusable` and `access.newer`.
 */
export function openStore(folder: string): DatabaseSync {
  const file = join(folder, fileName);
  try {
    ownFolder(folder);
    ownFile(file, folder);
    const database = new DatabaseSync(file, { timeout: 2_000 });
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
      migrate(database, file);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (cause) {
    throw cause instanceof BatonError ? cause : unusable({ file, reason: messageOf(cause) }, { cause });
  }
}

function ownFolder(folder: string): void {
  mkdirSync(dirname(folder), { recursive: true });
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) inherit(folder, dirname(folder));
}

/** Made before SQLite opens it: its log gets the permissions of the file. */
function ownFile(file: string, folder: string): void {
  closeSync(openSync(file, 'a', 0o600));
  inherit(file, folder);
  if ((statSync(file).mode & 0o077) !== 0) chmodSync(file, 0o600);
}

/** What root makes belongs to the account that the folder around it belongs to, which has to use it. */
function inherit(path: string, from: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = statSync(from);
  chownSync(path, uid, gid);
}

function migrate(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    const format = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (format > formats.length) throw newer({ file, format });
    for (const step of formats.slice(format)) database.exec(step);
    database.exec(`PRAGMA user_version = ${String(formats.length)}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
