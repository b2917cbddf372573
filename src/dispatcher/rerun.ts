import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { brief } from '../recipes/problem.ts';
import type { RecipeSource } from '../services/record.ts';
import { badRequest } from './errors.ts';
import { isRecipeName } from './recipe-name.ts';

/** The wish that a run be repeated, as its announcement on `baton.reruns` has it. */
export interface Rerun {
  /** The run. */
  readonly of: string;
  /** In their order; one without text is read from the recipe folder as it is now. */
  readonly recipes: readonly Pick<RecipeSource, 'name' | 'text' | 'parameters'>[];
}

/** Reads the `rerun` of an announcement. Throws `dispatcher.bad-request`. */
export function readRerun({ rerun = null }: JsonObject): Rerun {
  if (!isObject(rerun)) throw wrong('"rerun"', 'an object', rerun);
  const { of = null, recipes = null } = rerun;
  if (typeof of !== 'string' || of === '' || of.length > 1_000) throw wrong('"rerun", "of"', 'the id of a run', of);
  if (!Array.isArray(recipes) || recipes.length > 100)
    throw wrong('"rerun", "recipes"', 'a list of at most 100 recipes', recipes);
  return { of, recipes: recipes.map(readRecipe) };
}

function readRecipe(recipe: Json, index: number): Rerun['recipes'][number] {
  const where = `"rerun", "recipes", entry ${String(index + 1)}`;
  if (!isObject(recipe)) throw wrong(where, 'an object', recipe);
  const { name = null, text, parameters } = recipe;
  if (typeof name !== 'string' || !isRecipeName(name)) throw wrong(`${where}, "name"`, 'the name of a recipe', name);
  if (text !== undefined && typeof text !== 'string') throw wrong(`${where}, "text"`, 'text', text);
  if (parameters !== undefined && !isObject(parameters)) throw wrong(`${where}, "parameters"`, 'an object', parameters);
  return { name, ...(text === undefined ? {} : { text }), ...(parameters === undefined ? {} : { parameters }) };
}

function wrong(where: string, expected: string, found: Json): Error {
  return badRequest({ where, expected, found: brief(found) });
}
