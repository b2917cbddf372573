import { access } from 'node:fs/promises';
import type { Json, JsonObject } from '../core/json.ts';
import { mergeRecipes } from '../recipes/merge.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import { validateRecipe } from '../recipes/validate.ts';
import { customNotPermitted, noRuleApplies } from './errors.ts';
import type { Library } from './library.ts';
import { ruledQueue, type Request } from './request.ts';
import { chooseRecipes, type Readiness } from './rules.ts';

/** What is to be run for an announcement: recipes by name or as sent, each with its parameters, and what they wait for. */
export interface Plan {
  readonly recipes: readonly string[];
  readonly chosen: readonly {
    readonly name: string;
    readonly source: Json | undefined;
    readonly parameters: JsonObject;
  }[];
  readonly ready: readonly Readiness[];
}

/** Chooses what runs: by the rules, or as the announcement says. Throws what refuses the announcement. */
export async function choose(
  request: Request,
  parameters: JsonObject,
  library: Library,
  customPermitted: boolean,
): Promise<Plan> {
  return request.queue === ruledQueue
    ? byRules(chooseRecipes(await library.rules(), parameters))
    : named(request, parameters, customPermitted);
}

function byRules({ fired, silent, recipes }: ReturnType<typeof chooseRecipes>): Plan {
  if (fired.length === 0)
    throw noRuleApplies({ reasons: silent.map(({ rule, reasons }) => `${rule.name}: ${reasons.join(', ')}`) });
  const parametersOf = (name: string): JsonObject =>
    fired.find(({ rule }) => rule.recipes.includes(name))?.parameters ?? {};
  return {
    recipes,
    chosen: recipes.map((name) => ({ name, source: undefined, parameters: parametersOf(name) })),
    ready: fired.map(({ ready }) => ready),
  };
}

function named({ recipes, customRecipe }: Request, parameters: JsonObject, customPermitted: boolean): Plan {
  if (customRecipe && !customPermitted) throw customNotPermitted({});
  const custom = customRecipe ? [{ name: 'custom_recipe', source: customRecipe, parameters }] : [];
  return {
    recipes: [...recipes, ...custom.map(({ name }) => name)],
    chosen: [...recipes.map((name) => ({ name, source: undefined, parameters })), ...custom],
    ready: [],
  };
}

/** What the plan waits for and is not there yet, in words. */
export async function missing(plan: Plan, parameters: JsonObject): Promise<readonly string[]> {
  const words: string[] = [];
  for (const { files, parameters: wanted } of plan.ready) {
    for (const file of files) if (!(await exists(file))) words.push(`the file ${file}`);
    for (const name of wanted) if (parameters[name] === undefined) words.push(`the parameter ${name}`);
  }
  return words;
}

/** The one recipe that the run follows: each of the plan's read, validated and filled in, then merged. Undefined when there is nothing to run. */
export async function instantiate(plan: Plan, library: Library): Promise<Recipe | undefined> {
  const recipes: Recipe[] = [];
  for (const { name, source, parameters } of plan.chosen) {
    const recipe = source ?? (await library.recipe(name));
    validateRecipe(recipe, { name });
    const filled = substitute(recipe, parameters);
    validateRecipe(filled, { name, isSubstituted: true });
    recipes.push(filled);
  }
  const [first, ...others] = recipes;
  return first && others.reduce(mergeRecipes, first);
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
