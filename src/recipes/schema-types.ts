import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** A schema in which every keyword says for which type it is meant, and the types it speaks of. */
export interface TypedSchema {
  readonly schema: JsonObject;
  readonly types: ReadonlySet<string>;
}

/** JSON Schema's keywords each apply to one type and pass over all others: `{"minimum": 5}` allows "abc". */
const keywords: Readonly<Record<string, readonly string[]>> = {
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  string: ['minLength', 'maxLength', 'pattern'],
  array: ['items', 'prefixItems', 'contains', 'minItems', 'maxItems', 'minContains', 'maxContains'],
  object: [
    'properties',
    'patternProperties',
    'additionalProperties',
    'propertyNames',
    'required',
    'minProperties',
    'maxProperties',
  ],
};
const combining = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else'];

/** The keywords of which a condition is usually made. */
export const knownKeywords: readonly string[] = [
  'type',
  'const',
  'enum',
  ...combining,
  ...Object.values(keywords).flat(),
];

/**
 * Adds the type that a schema's keywords imply where it names none, so that a bound also means "is a number". Bounds
 * that stand as text, as substitution leaves them, become numbers.
 */
export function typed(schema: JsonObject): TypedSchema {
  const types = new Set<string>();
  return { schema: typedPart(schema, types), types };
}

/** The ways in which a value is to be read, given the types that a schema speaks of: itself, or what its text means. */
export function readings(value: Json, types: ReadonlySet<string>): readonly Json[] {
  const other = otherReading(value, types);
  if (other === undefined) return [value];
  return types.has(typeof value) ? [value, other] : [other];
}

/** True for text that is a number as a whole. */
export function isNumberText(text: string): boolean {
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
}

function otherReading(value: Json, types: ReadonlySet<string>): Json | undefined {
  if (typeof value === 'string') {
    if ((types.has('number') || types.has('integer')) && isNumberText(value)) return Number(value);
    return types.has('boolean') && /^(?:true|false)$/i.test(value) ? value.toLowerCase() === 'true' : undefined;
  }
  const isScalar = typeof value === 'number' || typeof value === 'boolean';
  return isScalar && types.has('string') ? String(value) : undefined;
}

function typedPart(schema: JsonObject, types: Set<string>): JsonObject {
  const entries = Object.entries(schema).map(([keyword, value]) => {
    if (combining.includes(keyword)) return [keyword, combined(value, types)];
    const isBound = keywords['number']?.includes(keyword) === true;
    return [keyword, isBound && typeof value === 'string' && isNumberText(value) ? Number(value) : value];
  });
  const complete = Object.fromEntries(entries) as JsonObject;
  const implied = complete['type'] ?? impliedType(complete);
  for (const type of [implied, typesOfValues(complete)].flat()) if (typeof type === 'string') types.add(type);
  return implied === undefined ? complete : { ...complete, type: implied };
}

function combined(parts: Json, types: Set<string>): Json {
  if (isObject(parts)) return typedPart(parts, types);
  return Array.isArray(parts) ? parts.map((part: Json) => combined(part, types)) : parts;
}

/** The one type that all of a schema's keywords are for; none when they are for several. */
function impliedType(schema: JsonObject): Json | undefined {
  const implied = Object.keys(keywords).filter((type) =>
    keywords[type]?.some((keyword) => Object.hasOwn(schema, keyword)),
  );
  return implied.length === 1 ? implied[0] : undefined;
}

function typesOfValues(schema: JsonObject): string[] {
  const { const: single, enum: several } = schema;
  const values = [...(single === undefined ? [] : [single]), ...(Array.isArray(several) ? (several as Json[]) : [])];
  return values.map((value) => typeof value);
}
