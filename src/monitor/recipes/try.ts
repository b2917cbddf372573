import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { RunRecipe } from '../../ledger/views.ts';
import { BatonError } from '../../core/errors.ts';
import { fillIn } from '../../recipes/substitute.ts';
import type { Catalogue } from './catalogue.ts';
import type { FirstMessage, RecipeTrial } from './views.ts';

/**
 * What would become of a recorded announcement if the text were this recipe: what the rules choose, what it is filled in
 * with, what would be sent first, and how a dry run ends. Nothing of the site is touched.
 */
export async function tryOn(
  { site, looker }: Catalogue,
  name: string,
  text: string,
  recorded: RunRecipe,
): Promise<RecipeTrial> {
  const { choice, chosen } = await site.choose(recorded.parameters);
  const { added, parameters } = parametersFor(name, chosen, recorded);
  const { findings, refusal, recipe, filled } = await looker.look({ text, parameters });
  const dry = recipe && filled ? await site.dryRun(recipe, parameters) : undefined;
  return {
    run: recorded.run,
    rules: choice,
    added,
    parameters,
    findings,
    ...(refusal === undefined ? {} : { refusal }),
    ...(filled ? { recipe: filled } : {}),
    messages: filled ? firstMessages(filled) : [],
    ...(dry ? { dry } : {}),
  };
}

/** With what the recipe would be filled in: as the rule that chooses it now says, else as it was for the run. */
function parametersFor(
  name: string,
  chosen: Awaited<ReturnType<Catalogue['site']['choose']>>['chosen'],
  { parameters, sources = [] }: RunRecipe,
): Pick<RecipeTrial, 'added' | 'parameters'> {
  const byRule = chosen.find((one) => one.name === name);
  if (byRule) return { added: 'rule', parameters: byRule.parameters };
  const { parameters: added = {} } = sources.find((source) => source.name === name) ?? {};
  if (Object.keys(added).length === 0) return { added: 'none', parameters };
  return { added: 'recorded', parameters: { ...filledIn(added, parameters), ...parameters } };
}

function filledIn(added: JsonObject, parameters: JsonObject): JsonObject {
  try {
    return fillIn(added, parameters) as JsonObject;
  } catch (error) {
    if (error instanceof BatonError) return added;
    throw error;
  }
}

function firstMessages(recipe: JsonObject): readonly FirstMessage[] {
  const { start } = recipe;
  return (Array.isArray(start) ? (start as Json[]) : []).flatMap((entry) => {
    const [number = null, payload = null] = Array.isArray(entry) ? (entry as Json[]) : [];
    const step = typeof number === 'number' ? recipe[String(number)] : undefined;
    if (typeof number !== 'number' || !isObject(step)) return [];
    const named = ['service', 'queue', 'topic'].flatMap((key) => {
      const value = step[key];
      return typeof value === 'string' ? [[key, value] as const] : [];
    });
    return [{ step: number, payload, ...Object.fromEntries(named) }];
  });
}
