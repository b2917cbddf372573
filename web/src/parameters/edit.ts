import type { ParameterField } from '../../../src/monitor/api.ts';
import { isList, isObject, type Json, type JsonObject } from '../server/types.ts';

/** What somebody has typed into a form of parameters: texts by name, names that are left out, and names that were added. */
export interface Edits {
  readonly texts: Readonly<Record<string, string>>;
  readonly left: readonly string[];
  readonly added: readonly string[];
}

export const noEdits: Edits = { texts: {}, left: [], added: [] };

/** How a parameter is typed in. */
export type Kind = 'text' | 'number' | 'flag' | 'json';

/** As the announcement had it; where it had none, as the service's schema wants it. */
function kindOf({ value, type }: Pick<ParameterField, 'value' | 'type'>): Kind {
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return 'number';
  if (typeof value === 'boolean') return 'flag';
  if (isList(value) || isObject(value) || value === null) return 'json';
  if (type === undefined || type === 'string') return 'text';
  return type === 'boolean' ? 'flag' : 'number';
}

/** The text that a value is edited as. */
export function textOf(value: Json | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The value that the text stands for, or why it stands for none. */
export function valueOf(text: string, kind: Kind): { readonly value: Json } | { readonly wrong: string } {
  if (kind === 'text') return { value: text };
  try {
    const value = JSON.parse(text) as Json;
    if (kind === 'number' && typeof value !== 'number') return { wrong: 'expected a number' };
    if (kind === 'flag' && typeof value !== 'boolean') return { wrong: 'expected true or false' };
    return { value };
  } catch {
    return { wrong: kind === 'number' ? 'expected a number' : 'expected JSON' };
  }
}

/** What is asked for with these edits, or the names of those that are wrong. */
export function asked(
  edits: Edits,
  fields: readonly ParameterField[],
): { readonly set: JsonObject; readonly unset: readonly string[]; readonly wrong: readonly string[] } {
  const set: Record<string, Json> = {};
  const wrong: string[] = [];
  for (const [name, text] of Object.entries(edits.texts)) {
    if (edits.left.includes(name)) continue;
    const found = valueOf(text, kindIn(name, edits, fields));
    if ('wrong' in found) wrong.push(name);
    else set[name] = found.value;
  }
  return { set, unset: edits.left, wrong };
}

/** What nothing tells the type of is JSON where it reads as JSON, else text: as on the command line. */
export function kindIn(name: string, { added, texts }: Edits, fields: readonly ParameterField[]): Kind {
  const field = fields.find((each) => each.name === name);
  const isTold = field !== undefined && (field.value !== undefined || field.type !== undefined);
  if (!added.includes(name) && isTold) return kindOf(field);
  return 'wrong' in valueOf(texts[name] ?? '', 'json') ? 'text' : 'json';
}

export function withText(edits: Edits, name: string, text: string, before: Json | undefined): Edits {
  const { [name]: _old, ...others } = edits.texts;
  const isSame = before !== undefined && text === textOf(before);
  return {
    ...edits,
    texts: isSame ? others : { ...others, [name]: text },
    left: edits.left.filter((each) => each !== name),
  };
}

/** Leaves it out, or takes that back. */
export function withLeft(edits: Edits, name: string): Edits {
  const { [name]: _old, ...texts } = edits.texts;
  if (edits.added.includes(name)) return { ...edits, texts, added: edits.added.filter((each) => each !== name) };
  const left = edits.left.includes(name) ? edits.left.filter((each) => each !== name) : [...edits.left, name];
  return { ...edits, texts, left };
}

export function withAdded(edits: Edits, name: string): Edits {
  return { ...edits, added: [...edits.added, name], texts: { ...edits.texts, [name]: '' } };
}
