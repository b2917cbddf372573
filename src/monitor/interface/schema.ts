import type { JsonObject } from '../../core/json.ts';

/** A JSON Schema, of the dialect of OpenAPI 3.1 (2020-12). */
export type Schema = JsonObject;

type OptionalKey<Type> = { [Key in keyof Type]-?: object extends Pick<Type, Key> ? Key : never }[keyof Type];
type RequiredKey<Type> = Exclude<keyof Type, OptionalKey<Type>>;

/** The fields of a type that are always there, and those that may be absent: none may be forgotten, or made up. */
export interface Fields<Type> {
  readonly required: Readonly<Record<RequiredKey<Type>, Schema>>;
  readonly optional: Readonly<Record<OptionalKey<Type>, Schema>>;
}

/** The schema of a type's objects. Later versions may add fields, so others are let through. */
export function object<Type>({ required, optional }: Fields<Type>, description?: string): Schema {
  const properties = { ...required, ...optional } as Readonly<Record<string, Schema>>;
  return {
    type: 'object',
    ...(description === undefined ? {} : { description }),
    required: Object.keys(required),
    properties,
  };
}

export function listOf(items: Schema, description?: string): Schema {
  return { type: 'array', items, ...(description === undefined ? {} : { description }) };
}

export function refTo(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function oneOf(values: readonly string[], description?: string): Schema {
  return { enum: values, ...(description === undefined ? {} : { description }) };
}

/** The schema with a sentence about it. */
export function told(schema: Schema, description: string): Schema {
  return { ...schema, description };
}

export const text: Schema = { type: 'string' };
export const flag: Schema = { type: 'boolean' };
export const number: Schema = { type: 'number' };
export const integer: Schema = { type: 'integer' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const time: Schema = { type: 'integer', description: 'milliseconds since 1970 UTC' };
export const anything: Schema = {};
export const anyObject: Schema = { type: 'object' };
