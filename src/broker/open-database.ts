import { existsSync, rmSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { storeDamaged, storeFormat, storeUnusable } from './errors.ts';
import { APPLICATION_ID, FORMAT, MIGRATIONS, SCHEMA } from './schema.ts';

/** Opens the database, and makes its tables if it is new. */
export function openDatabase(file: string, limitBytes: number): DatabaseSync {
  let database: DatabaseSync | undefined;
  const isSuspect = existsSync(suspicionOf(file));
  const endedBadly = existsSync(`${file}-wal`);
  try {
    database = new DatabaseSync(file);
    database.exec(SETTINGS);
    prepareTables(database, file);
    if (isSuspect || (endedBadly && statSync(file).size < CHECKED_BYTES)) check(database, file);
    rmSync(suspicionOf(file), { force: true });
    limitSize(database, limitBytes);
    return database;
  } catch (cause) {
    if (database?.isOpen) database.close();
    throw explained(file, cause);
  }
}

/**
 * FULL: what a COMMIT returned for is on disk. Whoever copies the store may hold it for a moment. The first line counts
 * for a new file only. A checkpoint every 32 MB of the log instead of every 4 costs a tenth of a second less a second.
 */
const SETTINGS = `
PRAGMA auto_vacuum = INCREMENTAL;
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 8000;
PRAGMA journal_size_limit = 67108864;
`;

function prepareTables(database: DatabaseSync, file: string): void {
  database.exec('BEGIN IMMEDIATE');
  const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
  const isNew = found === 0 && database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
  if (isNew) {
    database.exec(SCHEMA);
    database.exec(`PRAGMA user_version = ${String(FORMAT)}; PRAGMA application_id = ${String(APPLICATION_ID)}`);
  }
  database.exec('COMMIT');
  if (!isNew) migrate(database, file, found);
}

/** The file that tells the next start to check the whole store. */
export function suspicionOf(file: string): string {
  return `${file}.suspect`;
}

function migrate(database: DatabaseSync, file: string, found: number): void {
  for (let format = found; format !== FORMAT; format += 1) {
    const migration = MIGRATIONS[format];
    if (migration === undefined) throw storeFormat({ file, found, expected: FORMAT });
    database.exec(`${migration}; PRAGMA user_version = ${String(format + 1)}`);
  }
}

/** Checked in some tenths of a second. */
const CHECKED_BYTES = 128 * 1024 * 1024;

/** SQLite refuses to grow beyond so many pages with the same error as for a full disk. */
function limitSize(database: DatabaseSync, limitBytes: number): void {
  if (limitBytes === Infinity) return;
  const pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  database.exec(`PRAGMA max_page_count = ${String(Math.ceil(limitBytes / pageSize))}`);
}

/**
 * Throws `broker.store-damaged`. A crash alone damages nothing, bad disks and lying caches do: so a larger store is only
 * checked when something of it could not be read before.
 */
function check(database: DatabaseSync, file: string): void {
  const reason = Object.values(database.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (reason !== 'ok') throw storeDamaged({ file, reason: String(reason) });
}

/** True when SQLite found what cannot be in a database. */
export function isDamage(cause: unknown): boolean {
  return ((cause as { readonly errcode?: number }).errcode ?? 0) % 256 === SQLITE_CORRUPT;
}

const SQLITE_CORRUPT = 11;

function explained(file: string, cause: unknown): Error {
  if (storeFormat.is(cause) || storeDamaged.is(cause)) return cause;
  if (isDamage(cause)) return storeDamaged({ file, reason: messageOf(cause) }, { cause });
  return storeUnusable({ file, reason: messageOf(cause) }, { cause });
}
