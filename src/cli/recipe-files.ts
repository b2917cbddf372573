import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import { usage } from './errors.ts';

/** A file that is to hold a recipe. */
export interface RecipeFile {
  /** As it was named, or below the folder that was. */
  readonly file: string;
  readonly text: string;
}

/** The recipes that paths name: files, and of folders all `.json` files below. */
export async function recipeFiles(paths: readonly string[]): Promise<readonly RecipeFile[]> {
  const files = (await Promise.all(paths.map(filesIn))).flat();
  return await Promise.all(files.map(async (file) => ({ file, text: await textOf(file) })));
}

/** The recipe of a name, `folder/name` of the recipe folder, or in a file that is named with its `.json`. */
export async function recipeNamed(name: string, config: Config): Promise<RecipeFile> {
  const file = name.endsWith('.json') ? name : join(config.recipes, `${name}.json`);
  return { file, text: await textOf(file) };
}

async function filesIn(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error: unknown) => {
    throw usage({ problem: `${path} cannot be read: ${messageOf(error)}` }, { cause: error });
  });
  if (!found.isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  return names
    .filter(isRecipeFile)
    .map((name) => join(path, name))
    .sort();
}

function isRecipeFile(name: string): boolean {
  return name.endsWith('.json') && !name.split('/').some(isPassedOver);
}

/** True for the name of a file or folder in which nobody means to have recipes. */
export function isPassedOver(name: string): boolean {
  return name.startsWith('.') || name === 'node_modules';
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch((error: unknown) => {
    throw usage({ problem: `The recipe ${file} cannot be read: ${messageOf(error)}` }, { cause: error });
  });
}
