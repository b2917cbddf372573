import type { ResultView } from '../../../src/monitor/api.ts';

/** Any value that JSON text can hold, as the interface carries it. */
export type Json = ResultView['result'];

/** A JSON object. */
export type JsonObject = Extract<Json, { readonly [key: string]: Json }>;

/** True for a JSON object: neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a JSON list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
