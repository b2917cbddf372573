import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../core/durable.ts';
import { isObject } from '../../core/json.ts';
import { textHash } from '../../recipes/hash.ts';

/** A version of a recipe that was saved on the page, or that such a one replaced. */
export interface SavedVersion {
  /** Of the text, to the byte. */
  readonly hash: string;
  /** When it was saved; of one that was not saved on the page, when its file was changed. Milliseconds since 1970. */
  readonly time: number;
  readonly text: string;
  /** Absent for versions that were not saved on the page. */
  readonly who?: string;
  readonly reason?: string;
}

/** Beyond so many of a recipe the oldest are forgotten; those that runs used are in the ledger, too. */
const versionsAtMost = 200;

/** Keeps what recipes were, one file for each version: `FOLDER/NAME/TIME-HASH.json`. */
export class History {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The versions of a recipe, the latest first. What cannot be read is passed over. */
  async of(name: string): Promise<readonly SavedVersion[]> {
    const folder = this.#folderOf(name);
    const read = await Promise.all((await filesOf(folder)).map((file) => versionIn(join(folder, file))));
    return read.filter((version) => version !== undefined).sort((a, b) => b.time - a.time);
  }

  /** Keeps a version; it is safe on disk when this resolves. */
  async add(name: string, version: Omit<SavedVersion, 'hash'>): Promise<void> {
    const folder = this.#folderOf(name);
    await mkdir(folder, { recursive: true });
    const hash = textHash(version.text);
    const file = `${String(version.time).padStart(15, '0')}-${hash.slice(0, 16)}.json`;
    await writeDurably(join(folder, file), JSON.stringify({ hash, ...version }));
    const files = (await filesOf(folder)).toSorted();
    for (const old of files.slice(0, -versionsAtMost)) await rm(join(folder, old), { force: true });
  }

  /** A slash would make a folder of it, in which others could be meant; of long names in other scripts no file system takes the encoding. */
  #folderOf(name: string): string {
    const encoded = encodeURIComponent(name);
    return join(this.#folder, encoded.length <= 200 ? encoded : textHash(name));
  }
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((file) => /^\d{15}-[0-9a-f]{16}\.json$/.test(file));
}

async function versionIn(file: string): Promise<SavedVersion | undefined> {
  try {
    const version: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (!isObject(version)) return undefined;
    const { hash, time, text } = version;
    const isWhole = typeof hash === 'string' && typeof time === 'number' && typeof text === 'string';
    return isWhole ? (version as unknown as SavedVersion) : undefined;
  } catch {
    return undefined;
  }
}
