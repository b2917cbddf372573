import { access } from 'node:fs/promises';
import type { JsonObject } from '../core/json.ts';
import { customNotPermitted, noRuleApplies } from './errors.ts';
import { keyOf } from './key.ts';
import type { Library } from './library.ts';
import type { Rerun } from './rerun.ts';
import { ruledQueue, type Request } from './request.ts';
import { chooseRecipes, withAdded, type Readiness, type Rule } from './rules.ts';

/** A recipe that is to be run. */
export interface Chosen {
  readonly name: string;
  /** Where it comes with the announcement; else it is read from the recipe folder. */
  readonly text?: string;
  /** What the rule that chose it adds to the parameters, before anything is filled in. */
  readonly added: JsonObject;
  /** All that it is filled in with. */
  readonly parameters: JsonObject;
}

/** What is to be run for an announcement: recipes by name or as sent, each with its parameters, and what they wait for. */
export interface Plan {
  /** The id of the run: that of the rules' key, where they declare one, else as it was given. */
  readonly run: string;
  /** The key in words. */
  readonly key?: string;
  /** Those of the announcement, and the id of the run as `guid`. */
  readonly parameters: JsonObject;
  readonly recipes: readonly string[];
  readonly chosen: readonly Chosen[];
  readonly ready: readonly Readiness[];
}

/** Chooses what runs: by the rules, or as the announcement says. Throws what refuses the announcement. */
export async function choose(request: Request, run: string, library: Library, customPermitted: boolean): Promise<Plan> {
  if (request.rerun) return again(request.rerun, request, run);
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
  const chosen = recipes.flatMap((name) => {
    const by = fired.find(({ rule }) => rule.recipes.includes(name));
    return by ? [{ name, added: by.rule.parameters, parameters: by.parameters }] : [];
  });
  return {
    run,
    ...(key ? { key: key.words } : {}),
    parameters,
    recipes,
    chosen,
    ready: fired.map(({ ready }) => ready),
  };
}

function named({ recipes, customRecipe, ...request }: Request, run: string, customPermitted: boolean): Plan {
  const parameters = { ...request.parameters, guid: run };
  if (customRecipe && !customPermitted) throw customNotPermitted({});
  const custom = customRecipe
    ? [{ name: 'custom_recipe', text: JSON.stringify(customRecipe), added: {}, parameters }]
    : [];
  return {
    run,
    parameters,
    recipes: [...recipes, ...custom.map(({ name }) => name)],
    chosen: [...recipes.map((name) => ({ name, added: {}, parameters })), ...custom],
    ready: [],
  };
}

/** What the run waited for was there, and its rules have chosen. */
function again({ recipes }: Rerun, request: Request, run: string): Plan {
  const parameters = { ...request.parameters, guid: run };
  return {
    run,
    parameters,
    recipes: recipes.map(({ name }) => name),
    chosen: recipes.map(({ parameters: added = {}, ...recipe }) => ({
      ...recipe,
      added,
      parameters: withAdded(added, parameters),
    })),
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

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
