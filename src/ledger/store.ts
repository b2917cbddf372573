import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BatonError, messageOf } from '../core/errors.ts';
import { unreadable } from './errors.ts';
import { lock } from './lock.ts';
import { migrate } from './schema.ts';

/** The ledger's file in its folder. */
export const fileName = 'ledger.sqlite';

/** An open ledger file, and the exclusive right to write it. */
export interface Store extends Disposable {
  readonly folder: string;
  readonly database: DatabaseSync;
  /** Runs the work in one durable transaction: when it throws, nothing of it has happened. */
  transaction<Result>(work: () => Result): Result;
}

/** Opens the ledger in the folder, or makes it. Throws `ledger.taken`, `ledger.newer` or `ledger.unreadable`. */
export function openStore(folder: string): Store {
  const stack = new DisposableStack();
  const file = join(folder, fileName);
  try {
    mkdirSync(folder, { recursive: true });
    stack.use(lock(folder));
    const database = stack.adopt(new DatabaseSync(file), (opened) => opened.close());
    database.exec(pragmas);
    migrate(database, folder);
    const held = stack.move();
    return {
      folder,
      database,
      transaction: (work) => transaction(database, work),
      [Symbol.dispose]: () => held.dispose(),
    };
  } catch (cause) {
    stack.dispose();
    throw cause instanceof BatonError ? cause : unreadable({ file, reason: messageOf(cause) }, { cause });
  }
}

/**
 * Opens the ledger to read it, beside the process that writes it. Throws `ledger.unreadable`, also when there is none.
 */
export function openReader(folder: string): DatabaseSync {
  const file = join(folder, fileName);
  try {
    return new DatabaseSync(file, { readOnly: true });
  } catch (cause) {
    throw unreadable({ file, reason: messageOf(cause) }, { cause });
  }
}

/**
 * The first two only count before the first table is made. Pages twice the usual size take a sixth off the time of a
 * batch, most of whose records land on different pages of an index; auto_vacuum lets old runs be given back to the disk
 * in small steps. With the default of 1 000 pages the log is copied into the file every few batches: 4 000 are 32 MB.
 */
const pragmas = `
  PRAGMA page_size = 8192;
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 4000;
  PRAGMA cache_size = -32768;
  PRAGMA temp_store = MEMORY;
`;

function transaction<Result>(database: DatabaseSync, work: () => Result): Result {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}
