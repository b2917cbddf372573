import type { Json } from '../core/json.ts';

/** Keys and indexes that lead from the top of a JSON value to a place in it. */
export type Path = readonly (string | number)[];

/** Something wrong at one place of a recipe. */
export interface Problem {
  /** Stable id of the rule that found it. */
  readonly rule: string;
  readonly path: Path;
  /** The place in words: `step 3, "output", "every"`. */
  readonly where: string;
  /** What is wrong and what was expected, without a full stop. */
  readonly message: string;
  /** What to do, as a sentence, where more is known than the rule tells. */
  readonly hint?: string;
}

/** A problem at a path; the words for the place are made from the path. */
export function problemAt(path: Path, rule: string, message: string, hint?: string): Problem {
  return { rule, path, where: placeInWords(path), message, ...(hint === undefined ? {} : { hint }) };
}

/** `['3', 'output', 'every', 0]` as `step 3, "output", "every", entry 1`. */
export function placeInWords(path: Path): string {
  const [top, ...inner] = path;
  if (top === undefined) return 'the recipe';
  const first = /^-?\d+$/.test(String(top)) ? `step ${top}` : brief(top);
  return [first, ...inner.map((part) => (typeof part === 'number' ? `entry ${part + 1}` : brief(part)))].join(', ');
}

/** A value in a few words, whatever its size. */
export function brief(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return quoted(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  return 'an object';
}

/** A text in quotes, in which nothing is left that a terminal would obey. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
