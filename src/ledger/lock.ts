import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { taken } from './errors.ts';
import { resultCode } from './sqlite-error.ts';

/**
 * Takes the store for this process: SQLite's own lock on a file beside the ledger. The kernel gives it back when the
 * process dies, however it dies, and those who only read the ledger are not kept out. Throws `ledger.taken`.
 */
export function lock(folder: string): Disposable {
  const holder = new DatabaseSync(join(folder, 'ledger.lock'), { timeout: 0 });
  try {
    holder.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    holder.close();
    throw resultCode(cause) === 'busy' ? taken({ folder }, { cause }) : cause;
  }
  return { [Symbol.dispose]: () => holder.close() };
}
