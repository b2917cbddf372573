import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { messageOf } from '../core/errors.ts';
import { backupFailed } from './errors.ts';

/** More pages than a database has: all are copied as they stand at one moment, while others write. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Copies a SQLite database as it stands now, whatever its own process does meanwhile. The copy has its name only when it
 * is complete and on disk. Rejects with `broker.backup-failed`.
 */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const part = `${to}.part`;
  try {
    await mkdir(dirname(to), { recursive: true });
    const database = new DatabaseSync(from, { readOnly: true });
    try {
      await backup(database, part, { rate: ALL_PAGES });
    } finally {
      database.close();
    }
    await rename(part, to);
    await synchronize(dirname(to));
  } catch (cause) {
    await rm(part, { force: true });
    throw backupFailed({ file: from, path: to, reason: messageOf(cause) }, { cause });
  }
}

/** The name of a new file is on disk when its folder is. */
async function synchronize(folder: string): Promise<void> {
  await using handle = await open(folder);
  await handle.sync();
}
