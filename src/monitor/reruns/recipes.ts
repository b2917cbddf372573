import { BatonError, messageOf } from '../../core/errors.ts';
import type { JsonObject } from '../../core/json.ts';
import type { RunRecipe } from '../../ledger/views.ts';
import { compareRecipes } from '../../recipes/diff.ts';
import { inWords } from '../../recipes/diff-words.ts';
import { recipeHash } from '../../recipes/hash.ts';
import { readRecipe } from '../../recipes/read.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { validateRecipe } from '../../recipes/validate.ts';
import type { RecipeSource } from '../../services/record.ts';
import type { AnnouncingSite } from '../announcing/announcing-site.ts';
import { cannotStart, notKept } from './errors.ts';
import type { RerunRecipe, RerunWish } from './views.ts';

/** A recipe that the new run is made from, and how it compares. */
export interface WishedRecipe {
  readonly name: string;
  readonly text: string;
  /** What the rule that chose it added. */
  readonly parameters?: JsonObject;
  readonly told: RerunRecipe;
}

/** The recipes of a run as they were, or as they are now. Throws `reruns.not-kept` and `reruns.cannot-start`. */
export async function recipesOf(
  { run, sources }: RunRecipe,
  { recipe }: Pick<RerunWish, 'recipe'>,
  site: AnnouncingSite,
): Promise<readonly WishedRecipe[]> {
  if (!sources)
    throw notKept({ run, why: 'it had nothing to run, or was started by another dispatcher, or an earlier release.' });
  return await Promise.all(sources.map(async (source) => wished(run, source, await now(source, site), recipe)));
}

/** The recipe of that name as it is now, or why there is none. */
type Now = { readonly text: string } | { readonly trouble: string };

async function now({ name }: RecipeSource, site: AnnouncingSite): Promise<Now> {
  if (name === 'custom_recipe') return { trouble: 'It came with its announcement: there is none of today.' };
  try {
    return { text: await site.text(name) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { trouble: error.message };
  }
}

function wished(run: string, source: RecipeSource, current: Now, which: RerunWish['recipe']): WishedRecipe {
  const { name, text, parameters, bytes } = source;
  const told = compared(source, current);
  const added = parameters === undefined ? {} : { parameters };
  if (which === 'current') {
    if ('trouble' in current) throw cannotStart({ why: `${name}: ${current.trouble}` });
    return { name, text: current.text, ...added, told };
  }
  if (text !== undefined) return { name, text, ...added, told };
  throw notKept({ run, why: `the recipe ${name}, of ${String(bytes)} bytes, is not kept.` });
}

function compared({ name, hash, text }: RecipeSource, current: Now): RerunRecipe {
  if ('trouble' in current) return { name, stored: hash, trouble: current.trouble };
  try {
    const after = recipeIn(name, current.text);
    const known = { name, stored: hash, current: recipeHash(after) };
    if (text === undefined) return { ...known, trouble: 'That of the run is not kept.' };
    return { ...known, differences: compareRecipes(name, recipeIn(name, text), after).differences.map(inWords) };
  } catch (error) {
    if (error instanceof BatonError) return { name, stored: hash, trouble: messageOf(error) };
    throw error;
  }
}

function recipeIn(name: string, text: string): Recipe {
  const { recipe } = readRecipe(text, `${name}.json`);
  validateRecipe(recipe, { name });
  return recipe;
}
