import { open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Writes a file whole or not at all: it has its name only when it is safe on disk, and both are when this resolves. Until
 * then it is called `.name.part` in the same folder. `mode` are its permissions, where others than usual.
 */
export async function writeDurably(path: string, text: string, mode?: number): Promise<void> {
  const part = join(dirname(path), `.${basename(path)}.part`);
  const file = await open(part, 'w');
  try {
    await file.writeFile(text);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, path);
  await syncFolder(dirname(path));
}

/** Makes sure that what was renamed or removed in a folder is so on disk. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
