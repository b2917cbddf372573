import type { Command } from 'commander';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { formatRecipe } from '../recipes/format.ts';
import { recipeHash } from '../recipes/hash.ts';
import { printRecipe, readRecipe } from '../recipes/read.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import { validateRecipe } from '../recipes/validate.ts';
import { notKept, usage } from './errors.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { output, type Output } from './output.ts';
import { announcementIn, parametersFrom, withSet } from './parameters.ts';
import { recipeNamed, type RecipeFile } from './recipe-files.ts';
import { keptSources, sourceNamed, storedRecipe, withRun, type StoredOptions } from './stored-recipe.ts';

/** Options of commands that may be given the parameters of an announcement. */
export interface ParameterOptions extends CommonOptions {
  readonly set: readonly string[];
  readonly announcement?: string;
}

interface ShowOptions extends ParameterOptions, StoredOptions {
  readonly source?: boolean;
}

/** `baton recipe show`: as it would run, or as a run follows it. */
export function showCommand(recipe: Command): void {
  const command = recipe.command('show').argument('[recipe]', 'its name in the recipe folder, or a .json file');
  withRun(withParameters(command))
    .description('show a recipe as it is read, with its placeholders filled in where parameters are given')
    .option('--source', 'of a run: the file as it was, in place of what was made from it')
    .action(async (name: string | undefined, options: ShowOptions) => {
      const out = output(options.json === true);
      if (options.run !== undefined) return await showStored(name, options.run, options, out);
      if (name === undefined) throw usage({ problem: 'Expected a recipe, or a run with --run' });
      if (options.source === true)
        throw usage({ problem: '--source is for runs: the file itself is there to be read' });
      const source = await recipeNamed(name, await configOf(options));
      const shown = instantiated(source, await givenParameters(options));
      const { recipe: read } = readRecipe(source.text, source.file);
      const value = { file: source.file, recipe: shown, hash: recipeHash(shown), sourceHash: recipeHash(read) };
      out.result(value, () => [formatRecipe(printRecipe(shown), name).trimEnd()]);
    });
}

async function showStored(name: string | undefined, run: string, options: ShowOptions, out: Output): Promise<void> {
  const stored = await storedRecipe(run, options);
  if (options.source === true || name !== undefined) {
    const source = sourceNamed(name, keptSources(stored));
    // A recipe that came with its announcement has no layout of its own.
    const text = source.name === 'custom_recipe' ? formatRecipe(source.text, source.name) : source.text;
    return out.result(source, () => [text.replace(/\n$/, '')]);
  }
  const { recipe, recipeHash: hash, sourceHash: ofSource } = stored;
  if (!recipe) throw notKept({ run, what: hash === undefined ? 'the ledger was not told of one' : 'it is too large' });
  out.result({ run, recipe, hash, sourceHash: ofSource }, () => [formatRecipe(printRecipe(recipe), run).trimEnd()]);
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
