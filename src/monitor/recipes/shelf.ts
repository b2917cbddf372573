import { constants, createReadStream } from 'node:fs';
import { access, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { text as textFrom } from 'node:stream/consumers';
import { isBelow } from '../../core/below.ts';
import { writeDurably } from '../../core/durable.ts';
import { messageOf } from '../../core/errors.ts';
import { filesIn } from '../../core/files-in.ts';
import { textHash } from '../../recipes/hash.ts';
import { recipeLimits } from '../../recipes/read.ts';
import { isRecipeName } from '../../recipes/recipe-name.ts';
import { notSaved, recipeElsewhere } from '../errors.ts';

/** A recipe as it is on disk. */
export interface ShelvedRecipe {
  readonly name: string;
  readonly text: string;
  /** Of the text, to the byte. */
  readonly hash: string;
  readonly bytes: number;
  /** When the file was changed last; milliseconds since 1970. */
  readonly changed: number;
}

interface Kept {
  readonly stamp: string;
  readonly recipe: ShelvedRecipe;
}

/** The recipe folder of the site: what the dispatcher reads for each announcement. A file is read again when it has changed. */
export class Shelf {
  readonly folder: string;
  readonly #kept = new Map<string, Kept>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** All recipes that an announcement could name, by name. None where the folder cannot be read: its trouble says why. */
  async recipes(): Promise<readonly ShelvedRecipe[]> {
    const files = await filesIn(this.folder, (name) => name.endsWith('.json')).catch(() => []);
    const names = files.map((file) => relative(this.folder, file).slice(0, -'.json'.length)).filter(isRecipeName);
    for (const name of this.#kept.keys()) if (!names.includes(name)) this.#kept.delete(name);
    const recipes = await Promise.all(names.map((name) => this.recipe(name)));
    return recipes.filter((recipe) => recipe !== undefined);
  }

  /** The recipe of that name; undefined where there is none, whatever the name. */
  async recipe(name: string): Promise<ShelvedRecipe | undefined> {
    if (!isRecipeName(name)) return undefined;
    const file = this.#fileOf(name);
    try {
      const found = await stat(file);
      const { size, mtimeMs, ino } = found;
      if (!found.isFile()) return undefined;
      const stamp = [size, mtimeMs, ino].join(' ');
      const kept = this.#kept.get(name);
      if (kept?.stamp === stamp) return kept.recipe;
      // What is larger can be no recipe, and the linter says so of its first bytes.
      const text = await textFrom(createReadStream(file, { end: recipeLimits.bytes }));
      const recipe = { name, text, hash: textHash(text), bytes: size, changed: Math.round(mtimeMs) };
      this.#kept.set(name, { stamp, recipe });
      return recipe;
    } catch {
      return undefined;
    }
  }

  /** Why nothing can be written into the folder; undefined where something can. */
  async trouble(): Promise<string | undefined> {
    return await access(this.folder, constants.R_OK | constants.W_OK | constants.X_OK).then(() => undefined, messageOf);
  }

  /**
   * Writes a recipe, whole or not at all; it is safe on disk when this resolves. The name is one of a recipe, and so leads
   * to no place outside; a link on the way that does is refused. Rejects with `monitor.recipe-elsewhere` and `monitor.not-saved`.
   */
  async write(name: string, text: string): Promise<ShelvedRecipe> {
    const file = await this.#placeOf(name);
    try {
      const mode = await stat(file).then(
        (found) => found.mode & 0o777,
        () => undefined,
      );
      await writeDurably(file, text, mode);
    } catch (cause) {
      throw notSaved({ name, reason: messageOf(cause) }, { cause });
    }
    const written = await this.recipe(name);
    if (written?.text !== text) throw notSaved({ name, reason: 'the file has another text after it was written' });
    return written;
  }

  /** Where the file is, links followed: one that is renamed over would be a link no more. */
  async #placeOf(name: string): Promise<string> {
    const file = this.#fileOf(name);
    try {
      const root = await realpath(this.folder);
      const place = await realpath(file).catch(async () => join(await realpath(dirname(file)), basename(file)));
      if (isBelow(place, root)) return place;
    } catch (cause) {
      throw notSaved({ name, reason: messageOf(cause) }, { cause });
    }
    throw recipeElsewhere({ name });
  }

  #fileOf(name: string): string {
    return join(this.folder, `${name}.json`);
  }
}
