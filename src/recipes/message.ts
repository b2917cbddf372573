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

/**
 * Prints the bodies of messages, which Python services read, too, one after the other: what is the same object as in the
 * last is text already. A thousand frames share one recipe.
 */
export class EnvelopePrinter {
  #last: Pick<Envelope, 'environment' | 'recipe' | 'path'> | undefined;
  #environment = '';
  #recipe = '';

  /** `payload`: the envelope's as JSON text. */
  print(envelope: Envelope, payload: string): string {
    const { environment, recipe, path, pointer } = envelope;
    if (this.#last?.environment !== environment) this.#environment = JSON.stringify(environment);
    if (this.#last?.recipe !== recipe || this.#last.path !== path)
      this.#recipe = `${JSON.stringify(recipe)},"recipe-path":${JSON.stringify(path)}`;
    this.#last = envelope;
    return `{"environment":${this.#environment},"payload":${payload},"recipe":${this.#recipe},"recipe-pointer":${pointer}}`;
  }
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
