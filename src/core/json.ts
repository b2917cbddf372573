import { hash } from 'node:crypto';

/** Any value JSON text can hold. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** True for a plain JSON object: neither null nor an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same value once more, to be changed by itself. A tenth of what `structuredClone` takes for what steps declare. */
export function copyOf(value: JsonObject): JsonObject;
export function copyOf(value: Json): Json;
export function copyOf(value: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => copyOf(item));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

/** JSON text with keys sorted at every level: two values are the same exactly when their texts are. */
export function canonical(value: Json): string {
  return JSON.stringify(value, (_key, inner: Json) =>
    isObject(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}

/** The first 32 hexadecimal digits of the SHA-256 of the parts, unambiguous in where one part ends and the next begins. */
export function digest(...parts: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts)).slice(0, 32);
}
