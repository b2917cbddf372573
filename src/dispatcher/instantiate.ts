import type { Json } from '../core/json.ts';
import type { JsonLimits } from '../recipes/bounded-json.ts';
import { recipeHash, sourceHash } from '../recipes/hash.ts';
import { mergeRecipes } from '../recipes/merge.ts';
import { readRecipe } from '../recipes/read.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import { validateRecipe } from '../recipes/validate.ts';
import type { RecipeSource } from '../services/record.ts';
import type { Library } from './library.ts';
import type { Chosen, Plan } from './plan.ts';

/** The one recipe that a run follows, and what it was made from. */
export interface Instantiated {
  readonly recipe: Recipe;
  readonly recipeHash: string;
  readonly sources: readonly RecipeSource[];
  readonly sourceHash: string;
}

/** Of an announcement, which is bounded itself. */
const broughtLimits: JsonLimits = { bytes: 16 * 1024 * 1024, depth: 100 };

/**
 * Makes the one recipe that the run follows: each of the plan's read, validated and filled in, then merged. Undefined
 * when there is nothing to run.
 */
export async function instantiate({ chosen }: Plan, library: Library): Promise<Instantiated | undefined> {
  const recipes: { readonly filled: Recipe; readonly source: RecipeSource }[] = [];
  for (const one of chosen) {
    const text = one.text ?? (await library.text(one.name));
    const { recipe: read } = readRecipe(text, `${one.name}.json`, one.text === undefined ? undefined : broughtLimits);
    recipes.push({ filled: filledIn(read, one), source: sourceOf(text, read, one) });
  }
  const [first, ...others] = recipes.map(({ filled }) => filled);
  if (!first) return undefined;
  const recipe = others.reduce(mergeRecipes, first);
  const sources = recipes.map(({ source }) => source);
  return { recipe, recipeHash: recipeHash(recipe), sources, sourceHash: sourceHash(sources.map(({ hash }) => hash)) };
}

function filledIn(recipe: Json, { name, parameters }: Chosen): Recipe {
  validateRecipe(recipe, { name });
  const filled = substitute(recipe, parameters);
  validateRecipe(filled, { name, isSubstituted: true });
  return filled;
}

function sourceOf(text: string, read: Json, { name, added }: Chosen): RecipeSource {
  const parameters = Object.keys(added).length === 0 ? {} : { parameters: added };
  return { name, hash: recipeHash(read), text, bytes: Buffer.byteLength(text), ...parameters };
}
