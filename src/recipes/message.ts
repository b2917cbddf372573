import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { defaultLimits, parseJson, type JsonLimits } from './bounded-json.ts';
import { badEnvelope } from './errors.ts';
import { brief } from './problem.ts';
import { stepOf, type Recipe, type Step } from './recipe.ts';

/** A message on its way through a recipe: the body of every message that goes to a step. */
export interface Envelope {
  /** What belongs to the whole run, passed on unchanged by every service; `ID` is the run. */
  readonly environment: JsonObject;
  readonly payload: Json;
  readonly recipe: Recipe;
  /** The steps it came through, in order. */
  readonly path: readonly number[];
  /** The step it is for. */
  readonly pointer: number;
}

/** Reads the body of a message to a step, as Baton or a Python service wrote it. Throws `recipes.syntax`, `recipes.too-large` or `recipes.envelope`. */
export function parseEnvelope(body: Buffer | string, limits: JsonLimits = defaultLimits): Envelope {
  const message = parseJson(body, 'The message', limits);
  if (!isObject(message)) throw badEnvelope({ where: 'body', expected: 'an object', found: brief(message) });
  const recipe = recipeOf(message);
  return {
    environment: objectOr(message, 'environment', {}),
    payload: message['payload'] ?? null,
    recipe,
    path: pathOf(message),
    pointer: pointerOf(message, recipe),
  };
}

/** The body of the message, as text: what Python services read, too. */
export function printEnvelope({ environment, payload, recipe, path, pointer }: Envelope): string {
  return JSON.stringify({ environment, payload, recipe, 'recipe-path': path, 'recipe-pointer': pointer });
}

/** The step that the message is for. */
export function currentStep({ recipe, pointer }: Envelope): Step {
  return stepOf(recipe, pointer) ?? {};
}

/** The run that the message belongs to; empty where its sender named none. */
export function runOf({ environment }: Pick<Envelope, 'environment'>): string {
  const { ID: id } = environment;
  return typeof id === 'string' || typeof id === 'number' ? String(id) : '';
}

/** Only its frame is looked at: the recipe was validated when its run started, and comes with every message. */
function recipeOf(message: JsonObject): Recipe {
  return objectOr(message, 'recipe') as Recipe;
}

/** Python services take a pointer that is a number in text. */
function pointerOf(message: JsonObject, recipe: Recipe): number {
  const found = message['recipe-pointer'];
  const pointer = typeof found === 'string' && /^-?\d+$/.test(found) ? Number(found) : found;
  if (typeof pointer === 'number' && isObject(stepOf(recipe, pointer))) return pointer;
  throw badEnvelope({ where: '"recipe-pointer"', expected: 'the number of a step of its recipe', found: brief(found) });
}

function pathOf(message: JsonObject): readonly number[] {
  const path = message['recipe-path'] ?? [];
  if (Array.isArray(path) && path.every((step) => typeof step === 'number')) return path;
  throw badEnvelope({ where: '"recipe-path"', expected: 'a list of step numbers', found: brief(path) });
}

function objectOr(message: JsonObject, key: string, absent?: JsonObject): JsonObject {
  const found = message[key] ?? absent;
  if (isObject(found)) return found;
  throw badEnvelope({ where: `"${key}"`, expected: 'an object', found: brief(found) });
}
