import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** How long another process may take for its work before this one gives up waiting. */
const patienceMs = 600_000;

/**
 * Does the work while no other process does work under the same path. The lock is that of an empty SQLite file, which the
 * system lets go when its holder dies, however it does.
 */
export async function withLock<Result>(path: string, onWait: () => void, work: () => Promise<Result>): Promise<Result> {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new DatabaseSync(path);
  try {
    if (!took(lock)) {
      onWait();
      lock.exec(`PRAGMA busy_timeout = ${String(patienceMs)}; BEGIN EXCLUSIVE`);
    }
    return await work();
  } finally {
    lock.close();
  }
}

function took(lock: DatabaseSync): boolean {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch {
    return false;
  }
}
