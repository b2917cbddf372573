import type { Json } from '../../../core/json.ts';
import { isObject } from '../../../core/json.ts';
import { parseField, valueAt } from '../../../recipes/field.ts';
import { missingValue } from './errors.ts';

/** What `$name` is looked up in: the payload first, then what belongs to the whole run. */
export interface References {
  readonly payload: Json;
  readonly environment: Json;
}

/**
 * Replaces each text that is `$name` or `$name[key]` as a whole by what the message has there; `$$` is a dollar sign. Text
 * with a `$` inside stays as it is. Throws `command.missing-value`.
 */
export function resolved(value: Json, where: string, references: References): Json {
  if (typeof value === 'string') return lookedUp(value, where, references);
  if (Array.isArray(value))
    return value.map((item: Json, index) => resolved(item, `${where}, entry ${index + 1}`, references));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, resolved(inner, `${where}, ${key}`, references)]),
  );
}

function lookedUp(text: string, where: string, { payload, environment }: References): Json {
  if (text.startsWith('$$')) return text.slice(1);
  const field = text.startsWith('$') ? parseField(text.slice(1)) : undefined;
  if (!field) return text;
  const found = valueAt(payload, field) ?? valueAt(environment, field);
  if (found === undefined) throw missingValue({ reference: text, where });
  return found;
}
