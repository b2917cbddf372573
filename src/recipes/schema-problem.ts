import type { ErrorObject } from 'ajv/dist/2020.js';
import { isObject, type Json } from '../core/json.ts';
import { didYouMean } from '../core/nearest.ts';
import { brief, type Path } from './problem.ts';

/** Where a value breaks its schema, and how, in words for the person who wrote it. */
export interface SchemaProblem {
  readonly path: Path;
  /** `expected a list, got "x"`, without the place and without a full stop. */
  readonly message: string;
}

/** Puts one of Ajv's errors in words. Ajv has to be made with `verbose`, so that its errors carry value and schema. */
export function schemaProblem({
  keyword,
  instancePath,
  params,
  message,
  data,
  parentSchema,
}: ErrorObject): SchemaProblem {
  const path = pathOf(instancePath);
  const given = params as Readonly<Record<string, unknown>>;
  const found = brief(data as Json | undefined);
  switch (keyword) {
    case 'additionalProperties': {
      const key = String(given['additionalProperty']);
      const known = isObject(parentSchema?.['properties']) ? Object.keys(parentSchema['properties']) : [];
      return {
        path: [...path, key],
        message: `unknown key${didYouMean(key, known) || `, expected ${known.join(', ')}`}`,
      };
    }
    case 'required':
      return { path, message: `${brief(String(given['missingProperty']))} is missing` };
    case 'type':
      return { path, message: `expected ${[given['type']].flat().map(typeInWords).join(' or ')}, got ${found}` };
    case 'enum':
      return {
        path,
        message: `expected one of ${(given['allowedValues'] as Json[]).map(brief).join(', ')}, got ${found}`,
      };
    default:
      return { path, message: `it ${message ?? 'is wrong'}, got ${found}` };
  }
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  null: 'nothing',
};

function typeInWords(type: unknown): string {
  return words[String(type)] ?? String(type);
}

/** A JSON pointer as keys and indexes. */
function pathOf(pointer: string): Path {
  const parts = pointer.split('/').slice(1);
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
}
