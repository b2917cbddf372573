import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { brief } from '../recipes/problem.ts';
import { stepOf, type Recipe } from '../recipes/recipe.ts';
import type { Beginning } from '../recipes/route.ts';
import type { RecipeSource } from '../services/record.ts';
import { badRequest } from './errors.ts';
import { isRecipeName } from '../recipes/recipe-name.ts';

/** The wish that a run be repeated, as its announcement on `baton.reruns` has it. */
export interface Rerun {
  /** The run. */
  readonly of: string;
  /** In their order; one without text is read from the recipe folder as it is now. */
  readonly recipes: readonly Pick<RecipeSource, 'name' | 'text' | 'parameters'>[];
  /** What it begins with in place of what the recipe does: messages of the run to steps of the merged recipe. */
  readonly messages?: readonly Beginning[];
}

/** More are not repeated in parts: the whole run is. */
const mostMessages = 20_000;

/** Reads the `rerun` of an announcement. Throws `dispatcher.bad-request`. */
export function readRerun({ rerun = null }: JsonObject): Rerun {
  if (!isObject(rerun)) throw wrong('"rerun"', 'an object', rerun);
  const { of = null, recipes = null, messages } = rerun;
  if (typeof of !== 'string' || of === '' || of.length > 1_000) throw wrong('"rerun", "of"', 'the id of a run', of);
  if (!Array.isArray(recipes) || recipes.length > 100)
    throw wrong('"rerun", "recipes"', 'a list of at most 100 recipes', recipes);
  return {
    of,
    recipes: recipes.map(readRecipe),
    ...(messages === undefined ? {} : { messages: readMessages(messages) }),
  };
}

/** Throws `dispatcher.bad-request` unless the recipe that the run would follow has the steps that its messages are for. */
export function checkMessages({ messages = [] }: Rerun, recipe: Recipe | undefined): void {
  for (const [index, { step }] of messages.entries()) {
    const { queue = null, topic = null } = (recipe && stepOf(recipe, step)) ?? {};
    if ((queue ?? '') === '' && (topic ?? '') === '')
      throw wrong(placeOf(index, 'step'), 'a step of the recipe that has a queue or a topic', step);
  }
}

function readMessages(messages: Json): readonly Beginning[] {
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > mostMessages)
    throw wrong('"rerun", "messages"', `a list of at least 1 and at most ${String(mostMessages)} messages`, messages);
  return messages.map(readMessage);
}

function readMessage(message: Json, index: number): Beginning {
  if (!isObject(message)) throw wrong(`"rerun", "messages", entry ${String(index + 1)}`, 'an object', message);
  const { step = null, payload, overErrorLink = false } = message;
  if (typeof step !== 'number' || !Number.isSafeInteger(step))
    throw wrong(placeOf(index, 'step'), 'the number of a step', step);
  if (payload === undefined) throw wrong(placeOf(index, 'payload'), 'what the step works on', null);
  if (typeof overErrorLink !== 'boolean') throw wrong(placeOf(index, 'overErrorLink'), 'true or false', overErrorLink);
  return { step, payload, ...(overErrorLink ? { overErrorLink } : {}) };
}

function placeOf(index: number, key: string): string {
  return `"rerun", "messages", entry ${String(index + 1)}, "${key}"`;
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
