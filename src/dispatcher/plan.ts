import { access } from 'node:fs/promises';
import type { Json, JsonObject } from '../core/json.ts';
import { mergeRecipes } from '../recipes/merge.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { substitute } from '../recipes/substitute.ts';
import { validateRecipe } from '../recipes/validate.ts';
import { customNotPermitted, noRuleApplies } from './errors.ts';
import { keyOf } from './key.ts';
import type { Library } from './library.ts';
import { ruledQueue, type Request } from './request.ts';
import { chooseRecipes, type Readiness, type Rule } from './rules.ts';

/** What is to be run for an announcement: recipes by name or as sent, each with its parameters, and what they wait for. */
export interface Plan {
  /** The id of the run: that of the rules' key, where they declare one, else as it was given. */
  readonly run: string;
  /** The key in words. */
  readonly key?: string;
  /** Those of the announcement, and the id of the run as `guid`. */
  readonly parameters: JsonObject;
  readonly recipes: readonly string[];
  readonly chosen: readonly {
    readonly name: string;
    readonly source: Json | undefined;
    readonly parameters: JsonObject;
  }[];
  readonly ready: readonly Readiness[];
}

/** Chooses what runs: by the rules, or as the announcement says. Throws what refuses the announcement. */
export async function choose(request: Request, run: string, library: Library, customPermitted: boolean): Promise<Plan> {
  return request.queue === ruledQueue
    ? byRules(await library.rules(), request, run)
    : named(request, run, customPermitted);
}

function byRules(rules: readonly Rule[], request: Request, given: string): Plan {
  const first = chooseRecipes(rules, { ...request.parameters, guid: given });
  const key = keyOf(
    first.fired.map(({ rule }) => rule),
    request.parameters,
  );
  const run = key?.run ?? given;
  const parameters = { ...request.parameters, guid: run };
  const { fired, silent, recipes } = key ? chooseRecipes(rules, parameters) : first;
  if (fired.length === 0)
    throw noRuleApplies({ reasons: silent.map(({ rule, reasons }) => `${rule.name}: ${reasons.join(', ')}`) });
  const parametersOf = (name: string): JsonObject =>
    fired.find(({ rule }) => rule.recipes.includes(name))?.parameters ?? {};
  return {
    run,
    ...(key ? { key: key.words } : {}),
    parameters,
    recipes,
    chosen: recipes.map((name) => ({ name, source: undefined, parameters: parametersOf(name) })),
    ready: fired.map(({ ready }) => ready),
  };
}

function named({ recipes, customRecipe, ...request }: Request, run: string, customPermitted: boolean): Plan {
  const parameters = { ...request.parameters, guid: run };
  if (customRecipe && !customPermitted) throw customNotPermitted({});
  const custom = customRecipe ? [{ name: 'custom_recipe', source: customRecipe, parameters }] : [];
  return {
    run,
    parameters,
    recipes: [...recipes, ...custom.map(({ name }) => name)],
    chosen: [...recipes.map((name) => ({ name, source: undefined, parameters })), ...custom],
    ready: [],
  };
}

/** What the plan waits for and is not there yet, in words. */
export async function missing({ ready, parameters }: Plan): Promise<readonly string[]> {
  const words: string[] = [];
  for (const { files, parameters: wanted } of ready) {
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
