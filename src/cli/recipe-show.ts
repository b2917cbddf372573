import type { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { formatRecipe } from '../recipes/format.ts';
import { recipeHash, sourceHash } from '../recipes/hash.ts';
import { printRecipe, readRecipe } from '../recipes/read.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import { validateRecipe } from '../recipes/validate.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output } from './output.ts';
import { announcementIn, parametersFrom, withSet } from './parameters.ts';
import { recipeNamed, type RecipeFile } from './recipe-files.ts';

/** Options of commands that may be given the parameters of an announcement. */
export interface ParameterOptions extends CommonOptions {
  readonly set: readonly string[];
  readonly announcement?: string;
}

/** `baton recipe show`: as it would run. */
export function showCommand(recipe: Command): void {
  withParameters(recipe.command('show').argument('<recipe>', 'its name in the recipe folder, or a .json file'))
    .description('show a recipe as it is read, with its placeholders filled in where parameters are given')
    .action(async (name: string, options: ParameterOptions) => {
      const source = await recipeNamed(name, await configOf(options));
      const shown = instantiated(source, await givenParameters(options));
      const value = { file: source.file, recipe: shown, hash: recipeHash(shown), sourceHash: sourceHash(source.text) };
      output(options.json === true).result(value, () => [formatRecipe(printRecipe(shown), name).trimEnd()]);
    });
}

/** The recipe of a file, filled in where there are parameters. Throws what keeps it from being run. */
export function instantiated({ file, text }: RecipeFile, parameters: JsonObject | undefined): Recipe {
  const recipe: Json = readRecipe(text, file).recipe;
  validateRecipe(recipe, { name: file });
  if (!parameters) return recipe;
  const filled = substitute(recipe, parameters);
  validateRecipe(filled, { name: file, isSubstituted: true });
  return filled;
}

/** Adds the options that give parameters. */
export function withParameters(command: Command): Command {
  return withSet(withCommon(command)).option('--announcement <file>', 'take the parameters of this announcement');
}

/** What the options give; undefined where they give nothing: then placeholders may become anything. */
export async function givenParameters({ set, announcement }: ParameterOptions): Promise<JsonObject | undefined> {
  if (announcement === undefined) return set.length > 0 ? parametersFrom(set) : undefined;
  const { parameters } = await announcementIn(announcement);
  return { ...(isObject(parameters) ? parameters : {}), ...parametersFrom(set) };
}
