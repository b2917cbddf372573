import { isObject, type Json } from '../core/json.ts';

/** A name and the keys that lead on from it: `name[key][0]`, as placeholders, conditions, joins and groups write it. */
export type Field = readonly [name: string, ...keys: string[]];

const written = /^([^.[\]]+)((?:\[[^\]]+\])*)$/;

/** Reads `name[key][key]`; undefined where the text is none. */
export function parseField(text: string): Field | undefined {
  const [, name, keys = ''] = written.exec(text) ?? [];
  if (name === undefined) return undefined;
  return [name, ...keys.slice(1, -1).split('][').filter(Boolean)];
}

/** The value a field leads to, undefined where there is none. Only what the value itself holds is found, never what its prototype does. */
export function valueAt(value: Json, field: Field): Json | undefined {
  return field.reduce<Json | undefined>((found, key) => inside(found, key), value);
}

function inside(value: Json | undefined, key: string): Json | undefined {
  if (isObject(value)) return Object.hasOwn(value, key) ? value[key] : undefined;
  const isIndexed = Array.isArray(value) || typeof value === 'string';
  return isIndexed && /^\d{1,9}$/.test(key) ? (value[Number(key)] as Json | undefined) : undefined;
}
