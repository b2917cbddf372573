import { readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { text as textFrom } from 'node:stream/consumers';
import type { Config } from '../config/config.ts';
import { messageOf, type BatonError } from '../core/errors.ts';
import { filesIn } from '../core/files-in.ts';
import { didYouMean } from '../core/nearest.ts';
import { tooLarge } from '../recipes/errors.ts';
import { recipeLimits } from '../recipes/read.ts';
import { usage } from './errors.ts';

/** A file that is to hold a recipe. */
export interface RecipeFile {
  /** As it was named, or below the folder that was; `-` is standard input. */
  readonly file: string;
  readonly text: string;
  /** Why it was not read: larger than anything that could be a recipe. */
  readonly tooLarge?: BatonError;
}

/** The recipes that paths name, one after the other: files, of folders all `.json` files below, and standard input (`-`). */
export async function* recipeFiles(paths: readonly string[]): AsyncGenerator<RecipeFile> {
  for (const path of paths) {
    if (path === '-') yield { file: path, text: await textFrom(process.stdin) };
    else for (const file of await recipesIn(path)) yield await fileAt(file);
  }
}

/** The recipe folder of the site, as whoever stands above it would name it. */
export function recipeFolder({ recipes }: Config): string {
  const below = relative('', recipes);
  return below === '' || below.startsWith('..') ? recipes : below;
}

/** The recipe of a name, `folder/name` of the recipe folder, or in a file that is named with its `.json`. */
export async function recipeNamed(name: string, config: Config): Promise<RecipeFile> {
  const file = name.endsWith('.json') ? name : join(config.recipes, `${name}.json`);
  const isThere = name.endsWith('.json') || (await stat(file).catch(() => undefined)) !== undefined;
  if (!isThere) throw usage({ problem: `There is no recipe ${name} in ${config.recipes}${await meant(name, config)}` });
  const found = await fileAt(file);
  if (found.tooLarge) throw found.tooLarge;
  return found;
}

/** The files below a path that a filter takes, sorted; of a path that is no folder, the path itself. Rejects with `cli.usage`. */
export async function filesBelow(path: string, isWanted: (name: string) => boolean): Promise<readonly string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [path];
  return await filesIn(path, isWanted).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(error.path ?? path, error);
  });
}

async function recipesIn(path: string): Promise<readonly string[]> {
  const files = await filesBelow(path, (name) => name.endsWith('.json'));
  if (files.length === 0) throw usage({ problem: `There are no recipes (*.json) in ${path}` });
  return files;
}

async function fileAt(file: string): Promise<RecipeFile> {
  try {
    const { size } = await stat(file);
    const { bytes: limit } = recipeLimits;
    if (size > limit) return { file, text: '', tooLarge: tooLarge({ name: file, what: 'bytes', limit, found: size }) };
    return { file, text: await readFile(file, 'utf8') };
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function meant(name: string, { recipes }: Config): Promise<string> {
  const files = await filesBelow(recipes, (file) => file.endsWith('.json')).catch(() => []);
  return didYouMean(
    name,
    files.map((file) => file.slice(recipes.length + 1, -'.json'.length)),
  );
}

function unreadable(path: string, error: unknown): BatonError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = code === 'ENOENT' ? 'there is no such file' : messageOf(error);
  return usage({ problem: `${path} cannot be read: ${reason}` }, { cause: error });
}
