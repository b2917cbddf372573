import { isObject, type JsonObject } from '../core/json.ts';

/** What belongs to the whole run. It travels in `environment`, because Python services pass on no headers. */
export interface RunContext {
  /** 0 to 9, on every message of the run: live 6, reprocessing 2. */
  readonly priority?: number;
  readonly lane?: string;
  /** Where it comes from, as far as the announcement said. */
  readonly beamline?: string;
  /** Of the recipe that the run follows, filled in. */
  readonly recipeHash?: string;
  /** Of what that was made from: see `sourceHash`. */
  readonly sourceHash?: string;
  /** Milliseconds since 1970. */
  readonly announcedAt?: number;
  /** The announcer's reply queue: a full destination. */
  readonly replyTo?: string;
  readonly correlationId?: string;
  /** Milliseconds since 1970. */
  readonly replyBy?: number;
}

/** The environment of a new run. */
export function newEnvironment(run: string, context: RunContext): JsonObject {
  return { ID: run, baton: { ...context } };
}

/** What the environment says of the run. Entries of a wrong type count as absent: the environment passes through foreign hands. */
export function contextOf(environment: JsonObject): RunContext {
  const found = environment['baton'];
  if (!isObject(found)) return {};
  const context: Record<string, unknown> = {};
  for (const [key, type] of types) if (typeof found[key] === type) context[key] = found[key];
  return context;
}

const types = [
  ['priority', 'number'],
  ['lane', 'string'],
  ['beamline', 'string'],
  ['recipeHash', 'string'],
  ['sourceHash', 'string'],
  ['announcedAt', 'number'],
  ['replyTo', 'string'],
  ['correlationId', 'string'],
  ['replyBy', 'number'],
] as const satisfies readonly (readonly [keyof RunContext, string])[];

/** The header of a message that is sent again: other software knows only of the environment, and sends with a broker's own priority. */
export function priorityOf({ priority }: RunContext): { readonly priority?: string } {
  return priority === undefined ? {} : { priority: String(priority) };
}
