import { Ajv2020 } from 'ajv/dist/2020.js';
import { canonical, isObject, type Json, type JsonObject } from '../core/json.ts';
import { messageOf } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';
import { badCondition } from './errors.ts';
import { compilePattern } from './pattern.ts';
import { isNumberText, knownKeywords, readings, typed } from './schema-types.ts';

/** Tells whether a value meets a condition. A value that is absent meets none. */
export type Condition = (value: Json | undefined) => boolean;

/**
 * Compiles a condition: a value, a list of values of which one must be there, or (an object) a JSON Schema, draft
 * 2020-12. Announcements made by hand carry every parameter as text, so text that reads as a number or as true and
 * false counts as such wherever the condition speaks of those: 5 and `{"minimum": 5}` are met by "5", and "5" by 5.
 *
 * Anyone may have written it: schemas have no references and no `uniqueItems`, a bounded size, and patterns that are
 * matched in linear time. `where` stands in the error, `recipes.condition`.
 */
export function compileCondition(condition: Json, where: string): Condition {
  if (Array.isArray(condition)) {
    return (value) => value !== undefined && condition.some((expected: Json) => isSame(expected, value));
  }
  if (!isObject(condition)) return (value) => value !== undefined && isSame(condition, value);
  const { schema, types } = typed(checked(condition, where));
  const validate = compileSchema(schema, where);
  return (value) => value !== undefined && readings(value, types).some((reading) => validate(reading));
}

/** A condition as part of a sentence: `"end"`, `one of 1, 2`, `{"minimum":5}`. */
export function conditionInWords(condition: Json): string {
  if (!Array.isArray(condition)) return shortJson(condition);
  return `one of ${condition.map(shortJson).join(', ')}`;
}

function shortJson(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

function isSame(expected: Json, value: Json): boolean {
  if (typeof expected === 'number' && typeof value === 'string')
    return isNumberText(value) && Number(value) === expected;
  if (typeof expected === 'string' && typeof value === 'number') return isSame(value, expected);
  if (typeof expected === 'boolean' && typeof value === 'string') return value.toLowerCase() === String(expected);
  if (typeof expected === 'string' && typeof value === 'boolean') return isSame(value, expected);
  return canonical(expected) === canonical(value);
}

const mostCharacters = 10_000;
/** References can make a small schema check without end, and uniqueness compares everything with everything. */
const forbidden = ['$ref', '$dynamicRef', '$recursiveRef', '$id', '$anchor', '$dynamicAnchor', 'uniqueItems'];

function checked(condition: JsonObject, where: string): JsonObject {
  const text = JSON.stringify(condition);
  if (text.length > mostCharacters) {
    throw badCondition({ where, reason: `a schema has at most ${mostCharacters} characters, this one ${text.length}` });
  }
  const found = forbidden.find((keyword) => text.includes(`"${keyword}":`));
  if (found !== undefined) throw badCondition({ where, reason: `"${found}" cannot be used in a condition` });
  return condition;
}

/** Knows the schema of schemas, which takes 16 ms to compile: once for all conditions. */
const schemas = new Ajv2020({ logger: false });

/** Patterns are matched in linear time. Ajv takes patterns of the same text for the same. */
const regExp = Object.assign(
  (source: string) => {
    const pattern = compilePattern(source, (reason) => {
      throw new TypeError(reason);
    });
    return { ...pattern, toString: () => source };
  },
  { code: 'regExp' },
);

/** An instance of its own for each: Ajv keeps all it ever compiled, and recipes come and go. 0.2 ms. */
function compileSchema(schema: JsonObject, where: string): (value: Json) => boolean {
  try {
    if (schemas.validateSchema(schema) !== true)
      throw new TypeError(schemas.errorsText(schemas.errors, { dataVar: 'it' }));
    const options = {
      strictTypes: false,
      strictTuples: false,
      logger: false,
      meta: false,
      validateSchema: false,
    } as const;
    return new Ajv2020({ ...options, code: { regExp } }).compile(schema);
  } catch (error) {
    throw badCondition({ where, reason: reasonOf(error) }, { cause: error });
  }
}

/** Ajv knows only that a keyword is unknown; what was meant is more use. */
function reasonOf(error: unknown): string {
  const reason = messageOf(error).replace(/^strict mode: /, '');
  const [, keyword] = /^unknown keyword: "(.*)"$/.exec(reason) ?? [];
  if (keyword === undefined) return reason;
  const meant = elsewhere.get(keyword.replace(/^\$/, ''));
  return reason + (meant === undefined ? didYouMean(keyword, knownKeywords) : ` (did you mean "${meant}"?)`);
}

/** What other languages call it. */
const elsewhere: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gt: 'exclusiveMinimum',
    '>': 'exclusiveMinimum',
    gte: 'minimum',
    ge: 'minimum',
    min: 'minimum',
    '>=': 'minimum',
    lt: 'exclusiveMaximum',
    '<': 'exclusiveMaximum',
    lte: 'maximum',
    le: 'maximum',
    max: 'maximum',
    '<=': 'maximum',
    eq: 'const',
    '==': 'const',
    in: 'enum',
    regex: 'pattern',
    match: 'pattern',
  }),
);
