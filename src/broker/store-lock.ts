import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { storeLocked, storeUnusable } from './errors.ts';

const SQLITE_BUSY = 5;

/**
 * Locks a store for this process: through a file beside it, so that others can still read the store itself, as to copy
 * it. The lock ends with the process, however it ends. Throws `broker.store-locked`.
 */
export class StoreLock {
  readonly #lock: DatabaseSync;

  constructor(file: string) {
    try {
      this.#lock = new DatabaseSync(file === ':memory:' ? file : `${file}.lock`);
      this.#lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    } catch (cause) {
      const { errcode } = cause as { readonly errcode?: number };
      throw errcode === SQLITE_BUSY
        ? storeLocked({ file }, { cause })
        : storeUnusable({ file, reason: messageOf(cause) }, { cause });
    }
  }

  release(): void {
    this.#lock.close();
  }
}
