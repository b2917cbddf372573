import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { parseJson, type JsonLimits } from '../recipes/bounded-json.ts';
import { destinationProblem } from '../recipes/destination.ts';
import { parseEnvelope, runOf } from '../recipes/message.ts';
import { normalise } from '../recipes/normalise.ts';
import { brief } from '../recipes/problem.ts';
import { names as queues } from '../services/names.ts';
import { contextOf } from '../services/run-context.ts';
import { givenTrace } from '../services/trace.ts';
import type { Headers } from '../stomp/frame.ts';
import { badRequest } from './errors.ts';
import { isOwnQueue } from './own-queue.ts';
import { isRecipeName } from '../recipes/recipe-name.ts';
import { readReplyAddress, type ReplyAddress } from './reply-address.ts';
import { readRerun, type Rerun } from './rerun.ts';

/** Which parameters of an announcement tell what it is about; of each list the first that is there counts. */
export interface AboutNames {
  readonly beamline: readonly string[];
  readonly visit: readonly string[];
  readonly collection: readonly string[];
  readonly runNumber: readonly string[];
}

/** What an announcement is about, as far as its parameters tell. */
export type About = { readonly [Name in keyof AboutNames]?: string };

/** How announcements are read at this site. */
export interface RequestOptions {
  readonly names: AboutNames;
  /** The broker's namespace prefix, or empty. */
  readonly prefix?: string;
  readonly limits?: JsonLimits;
}

/** An announcement that was understood. Times are milliseconds since 1970, durations milliseconds. */
export interface Request {
  readonly queue: string;
  /** Named by the announcer; empty where rules are to choose. */
  readonly recipes: readonly string[];
  /** In the form that goes over the wire; still to be validated, and permitted. */
  readonly customRecipe?: Json;
  /** The run that is to be repeated, and with which recipes. */
  readonly rerun?: Rerun;
  /** As sent. */
  readonly parameters: JsonObject;
  /** The run's id, where the announcer chose one. */
  readonly guid?: string;
  readonly event?: string;
  readonly about: About;
  /** How long to wait for it to become ready. */
  readonly timeout: number;
  /** When that ends, once a dispatcher has put it off. */
  readonly expiration?: number;
  /** Where it goes when it never became ready, in place of the dead-letter queue. */
  readonly errorQueue?: string;
  readonly reply?: ReplyAddress;
  /** STOMP priority, 0 to 9. */
  readonly priority?: number;
  readonly lane?: string;
  /** Who sent it by hand, and from which host. */
  readonly user?: string;
  readonly host?: string;
  /** The run whose step announced it. */
  readonly parent?: string;
  /** `traceparent` and `tracestate`, of whoever announced it, where they keep to the rules. */
  readonly trace?: JsonObject;
}

/** The queue whose announcements leave the choice of recipes to the rules. */
export const ruledQueue = 'data-collection';

const defaultLimits: JsonLimits = { bytes: 4 * 1024 * 1024, depth: 100 };
/** Reruns bring recipes that were kept, beside the parameters. */
const rerunLimits: JsonLimits = { bytes: 16 * 1024 * 1024, depth: 200 };

/**
 * Reads an announcement. `queue` is its name without prefix. Throws what a person can act upon:
 * `dispatcher.bad-request`, or `recipes.syntax`, `recipes.too-large` and `recipes.envelope` when it cannot be read.
 */
export function parseRequest(queue: string, headers: Headers, body: Buffer | string, options: RequestOptions): Request {
  const isRerun = queue === queues.reruns;
  const limits = isRerun ? rerunLimits : defaultLimits;
  const { message, parent, environment } = unwrapped(headers, body, options.limits ?? limits);
  const parameters = readParameters(message, queue);
  return {
    queue,
    ...(isRerun ? readReruns(message) : readRecipes(message, queue)),
    parameters,
    about: aboutOf(parameters, options.names),
    timeout: (positive(parameters, 'dispatcher_timeout') ?? 120) * 1000,
    ...present({
      guid: readGuid(parameters),
      event: text(parameters, 'event'),
      expiration: seconds(positive(parameters, 'dispatcher_expiration')),
      errorQueue: readErrorQueue(parameters),
      reply: readReplyAddress(headers, options.prefix ?? ''),
      // What a run announces is as urgent as the run: that of a back-fill is no live data.
      priority: readPriority(headers) ?? contextOf(environment ?? {}).priority,
      lane: headers['baton-lane'] ?? contextOf(environment ?? {}).lane,
      user: headers['zocalo.go.user'],
      host: headers['zocalo.go.host'],
      parent,
      trace: givenTrace(headers, parameters, environment),
    }),
  };
}

/** A step of a recipe may announce, too: then the announcement is the payload of its message. */
function unwrapped(
  headers: Headers,
  body: Buffer | string,
  limits: JsonLimits,
): { message: JsonObject; parent?: string; environment?: JsonObject } {
  const isWrapped = headers['workflows-recipe']?.toLowerCase() === 'true';
  const envelope = isWrapped ? parseEnvelope(body, limits) : undefined;
  const message = envelope ? envelope.payload : parseJson(body, 'The announcement', limits);
  if (!isObject(message)) throw badRequest({ where: 'The body', expected: 'an object', found: brief(message) });
  return envelope ? { message, parent: runOf(envelope), environment: envelope.environment } : { message };
}

const keys = ['recipes', 'parameters', 'custom_recipe'];

function readParameters(message: JsonObject, queue: string): JsonObject {
  const { parameters = queue === ruledQueue ? undefined : {} } = message;
  if (isObject(parameters)) return parameters;
  throw badRequest({ where: '"parameters"', expected: 'an object', found: foundInstead(message, parameters) });
}

function readRecipes(message: JsonObject, queue: string): Pick<Request, 'recipes' | 'customRecipe'> {
  const { recipes = [], custom_recipe: custom = null } = message;
  if (!Array.isArray(recipes) || recipes.length > 100) {
    throw badRequest({ where: '"recipes"', expected: 'a list of at most 100 names', found: brief(recipes) });
  }
  if (custom !== null && !isObject(custom)) {
    throw badRequest({ where: '"custom_recipe"', expected: 'an object', found: brief(custom) });
  }
  const names = recipes.map(readRecipeName);
  if (queue === ruledQueue) return withoutChoice(names, custom);
  if (names.length > 0 || custom)
    return { recipes: names, ...(custom ? { customRecipe: normalise(custom).recipe } : {}) };
  throw badRequest({
    where: '"recipes"',
    expected: `the names of recipes (to have rules choose, send to ${ruledQueue})`,
    found: foundInstead(message, message['recipes']),
  });
}

function readReruns(message: JsonObject): Pick<Request, 'recipes' | 'rerun'> {
  const rerun = readRerun(message);
  return { recipes: rerun.recipes.map(({ name }) => name), rerun };
}

function withoutChoice(names: readonly string[], custom: Json): Pick<Request, 'recipes'> {
  if (names.length === 0 && custom === null) return { recipes: [] };
  throw badRequest({
    where: names.length > 0 ? '"recipes"' : '"custom_recipe"',
    expected: `nothing on the queue ${ruledQueue}, where rules choose (to choose, send to processing_recipe)`,
    found: names.length > 0 ? names.map((name) => brief(name)).join(', ') : 'a recipe',
  });
}

function readRecipeName(name: Json, index: number): string {
  if (typeof name === 'string' && isRecipeName(name)) return name;
  const expected = 'the name of a recipe, a file in the recipe folder without .json';
  throw badRequest({ where: `"recipes", entry ${index + 1}`, expected, found: brief(name) });
}

/** A key that is missing was perhaps misspelt. */
function foundInstead(message: JsonObject, value: Json | undefined): string {
  if (value !== undefined) return brief(value);
  const unknown = Object.keys(message).find((key) => !keys.includes(key) && didYouMean(key, keys));
  return unknown === undefined ? 'nothing' : `nothing, but ${brief(unknown)}${didYouMean(unknown, keys)}`;
}

/** What parameters are about, by the names that the site gives them. Throws `dispatcher.bad-request`. */
export function aboutOf(parameters: JsonObject, names: AboutNames): About {
  const first = (candidates: readonly string[]): string | undefined =>
    candidates.map((name) => text(parameters, name)).find((value) => value !== undefined);
  return present({
    beamline: first(names.beamline),
    visit: first(names.visit),
    collection: first(names.collection),
    runNumber: first(names.runNumber),
  });
}

/** Refused announcements go there; sent to a queue of announcements, they would come round for ever. */
function readErrorQueue(parameters: JsonObject): string | undefined {
  const name = text(parameters, 'dispatcher_error_queue');
  if (name === undefined || (destinationProblem(name) === undefined && !isOwnQueue(name))) return name;
  const expected = "the name of a queue that is not Baton's own";
  throw badRequest({ where: '"dispatcher_error_queue"', expected, found: brief(name) });
}

/** The run id stands in headers, addresses of pages and names of files. */
function readGuid(parameters: JsonObject): string | undefined {
  const guid = text(parameters, 'guid');
  if (guid === undefined || /^[\w.:+-]{1,128}$/.test(guid)) return guid;
  const expected = 'an id of at most 128 letters, digits and . _ : + -';
  throw badRequest({ where: '"guid"', expected, found: brief(guid) });
}

/** Brokers put their default of 4 on messages whose sender names none, so 4 says nothing. */
function readPriority(headers: Headers): number | undefined {
  const { priority } = headers;
  return priority !== undefined && /^[0-35-9]$/.test(priority) ? Number(priority) : undefined;
}

/** A parameter as text; ids come as numbers, too. Empty counts as absent. */
function text(parameters: JsonObject, name: string): string | undefined {
  const value = parameters[name] ?? '';
  if (typeof value === 'string' || typeof value === 'number') return value === '' ? undefined : String(value);
  throw badRequest({ where: brief(name), expected: 'text or a number', found: brief(value) });
}

function positive(parameters: JsonObject, name: string): number | undefined {
  const value = text(parameters, name);
  if (value === undefined) return undefined;
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw badRequest({ where: brief(name), expected: 'a number of seconds above 0', found: brief(parameters[name]) });
}

function seconds(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1000;
}

type Present<Values> = { readonly [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function present<Values extends object>(values: Values): Present<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Present<Values>;
}
