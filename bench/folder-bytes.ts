import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What all files of a store take, the log of its last writes included. */
export async function folderBytes(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
