import { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY (sqlite.org/rescode.html). */
const busy = 5;

/** Shows that this process lives, until it is disposed of: SQLite's own lock on a file, which the kernel takes back however the process dies. */
export function holdLifeLine(path: string): Disposable {
  // Whoever looks whether it is held holds it for a moment.
  const line = grasp(path, 1_000);
  if (!line) throw new TypeError(`Another process holds ${path}.`);
  return { [Symbol.dispose]: () => line.close() };
}

/** True while the process lives that holds this line. A process id would not tell: another may have it by now. */
export function isHeld(path: string): boolean {
  const line = grasp(path, 0);
  line?.close();
  return line === undefined;
}

function grasp(path: string, timeout: number): DatabaseSync | undefined {
  const database = new DatabaseSync(path, { timeout });
  try {
    // Its journal in memory, it needs no room on a disk that is full.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
    return database;
  } catch (error) {
    database.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) return undefined;
    throw error;
  }
}
