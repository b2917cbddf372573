import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The files in a folder and those below it that a filter takes by their names, sorted. Follows links to files and folders,
 * each folder once: links may lead back. Names that begin with a point are passed over, and so is `node_modules`. Rejects
 * with what the file system says.
 */
export async function filesIn(folder: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  return (await below(folder, isWanted, new Set())).sort();
}

async function below(folder: string, isWanted: (name: string) => boolean, seen: Set<string>): Promise<string[]> {
  const real = await realpath(folder);
  if (seen.has(real)) return [];
  seen.add(real);
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    // A link that leads nowhere is none of ours.
    const kind = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry;
    if (kind.isDirectory()) files.push(...(await below(path, isWanted, seen)));
    else if (kind.isFile() && isWanted(entry.name)) files.push(path);
  }
  return files;
}
