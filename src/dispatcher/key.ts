import { canonical, type JsonObject } from '../core/json.ts';
import { valueAt, type Field } from '../recipes/field.ts';
import { brief } from '../recipes/problem.ts';
import { noKey } from './errors.ts';
import { runIdOf } from './run-id.ts';

/** A parameter that belongs to a rule's key. */
export interface KeyPart {
  readonly name: string;
  readonly field: Field;
}

/** What makes an announcement the same as another, in words, and the run that all of them mean. */
export interface Key {
  readonly run: string;
  readonly words: string;
}

/** The parameter that makes an announcement another one on purpose, such as `"2"` or a date: it joins every key. */
const again: KeyPart = { name: 'dispatcher_again', field: ['dispatcher_again'] };

/**
 * The key of an announcement: of each rule that applies and declares one, its name and the values of its parameters.
 * Undefined when none does. Throws `dispatcher.no-key` where a parameter is missing, or is neither text nor a number.
 */
export function keyOf(
  rules: readonly { readonly name: string; readonly key: readonly KeyPart[] }[],
  parameters: JsonObject,
): Key | undefined {
  const keyed = rules.filter(({ key }) => key.length > 0);
  if (keyed.length === 0) return undefined;
  const isAgain = (parameters['dispatcher_again'] ?? '') !== '';
  const values = new Map<string, string>();
  const identity = keyed.map(({ name: rule, key }) => {
    const parts = isAgain ? [...key, again] : key;
    const found = parts.map((part): [string, string] => [part.name, textOf(part, rule, parameters)]);
    for (const [name, value] of found) values.set(name, value);
    return [rule, found];
  });
  const words = [...values].map(([name, value]) => `${name} ${value}`).join(', ');
  return { run: runIdOf(canonical(identity), 'key'), words };
}

/** Ids come as text or as numbers: 5 and "5" are the same. */
function textOf({ name, field }: KeyPart, rule: string, parameters: JsonObject): string {
  const value = valueAt(parameters, field) ?? '';
  if ((typeof value === 'string' && value !== '') || typeof value === 'number') return String(value);
  throw noKey({ rule, name, found: value === '' ? 'nothing' : brief(value) });
}
