import { isObject, type Json, type JsonObject } from '../core/json.ts';
import { brief, type Path } from './problem.ts';

/** Something in a recipe that was read although Python services do not read it so. */
export interface Remark {
  readonly rule: string;
  readonly path: Path;
  readonly message: string;
  readonly hint: string;
}

/**
 * A recipe in the one form that goes over the wire: links are numbers (not text), step numbers are written plainly, the
 * recipe's own `error` is a list. What is not understood is left as it is, for `validateRecipe` to speak of.
 */
export function normalise(recipe: Json): { readonly recipe: Json; readonly remarks: readonly Remark[] } {
  const remarks: Remark[] = [];
  if (!isObject(recipe)) return { recipe, remarks };
  const entries = Object.entries(recipe).map(([key, value]) => {
    if (key === 'start') return [key, plainStart(value, remarks)];
    if (key === 'error') return [key, plainError(value, remarks)];
    return [plainNumber(key, recipe, remarks), plainStep(key, value, remarks)];
  });
  return { recipe: Object.fromEntries(entries) as JsonObject, remarks };
}

/** The number that Python reads in a key, written plainly: "1" for "01", " 1" and "+1"; undefined where it is none. */
export function plainStepNumber(key: string): string | undefined {
  if (!/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(key)) return undefined;
  const number = Number(key.replaceAll('_', ''));
  return Number.isSafeInteger(number) ? String(number) : undefined;
}

function plainNumber(key: string, recipe: JsonObject, remarks: Remark[]): string {
  const plain = plainStepNumber(key) ?? key;
  if (plain === key || Object.hasOwn(recipe, plain)) return key;
  remarks.push({
    rule: 'step-number',
    path: [key],
    message: `Step ${brief(key)} is read as step ${plain}.`,
    hint: `Write "${plain}".`,
  });
  return plain;
}

function plainStart(start: Json, remarks: Remark[]): Json {
  if (!Array.isArray(start)) return start;
  return start.map((entry: Json, index) =>
    Array.isArray(entry) && entry.length > 0
      ? [plainTarget(entry[0] as Json, ['start', index, 0], remarks), ...(entry.slice(1) as Json[])]
      : entry,
  );
}

function plainError(error: Json, remarks: Remark[]): Json {
  const targets = plainTargets(error, ['error'], remarks);
  if (typeof targets !== 'number') return targets;
  remarks.push({
    rule: 'error-list',
    path: ['error'],
    message: `The recipe's "error" is the bare number ${targets}, on which Python services fail.`,
    hint: `Write [${targets}].`,
  });
  return [targets];
}

function plainStep(key: string, step: Json, remarks: Remark[]): Json {
  if (!isObject(step)) return step;
  const entries = Object.entries(step).map(([name, value]) =>
    name === 'output' || name === 'error' ? [name, plainLinks(value, [key, name], remarks)] : [name, value],
  );
  return Object.fromEntries(entries) as JsonObject;
}

function plainLinks(links: Json, path: Path, remarks: Remark[]): Json {
  if (!isObject(links)) return plainTargets(links, path, remarks);
  const entries = Object.entries(links).map(([channel, targets]) => [
    channel,
    plainTargets(targets, [...path, channel], remarks),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

function plainTargets(targets: Json, path: Path, remarks: Remark[]): Json {
  if (!Array.isArray(targets)) return plainTarget(targets, path, remarks);
  return targets.map((target: Json, index) => plainTarget(target, [...path, index], remarks));
}

function plainTarget(target: Json, path: Path, remarks: Remark[]): Json {
  if (typeof target !== 'string' || !/^\s*-?\d{1,15}\s*$/.test(target)) return target;
  remarks.push({
    rule: 'link-text',
    path,
    message: `The link ${brief(target)} is text, which Python services refuse.`,
    hint: `Write the number ${Number(target)}, without quotes.`,
  });
  return Number(target);
}
