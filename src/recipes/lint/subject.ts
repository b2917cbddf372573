import { isObject, type Json, type JsonObject } from '../../core/json.ts';
import type { Path } from '../problem.ts';
import type { RecipeText } from '../read.ts';

/** A recipe that is looked at. It need not be valid: what has no form that could be looked at is left out. */
export interface Subject {
  readonly text: RecipeText;
  /** As read. */
  readonly source: JsonObject;
  /** The same with the parameters filled in, where some were given and could be. */
  readonly recipe: JsonObject;
  /** The steps of `recipe`. */
  readonly steps: readonly SubjectStep[];
  readonly parameters?: JsonObject;
}

export interface SubjectStep {
  /** As it stands in the recipe. */
  readonly key: string;
  readonly step: JsonObject;
  /** `Step 3`, for the beginning of a sentence. */
  readonly named: string;
}

/** The steps of anything that may be a recipe. */
export function stepsOf(recipe: JsonObject): SubjectStep[] {
  return Object.entries(recipe).flatMap(([key, step]) =>
    /^-?[1-9]\d*$/.test(key) && isObject(step) ? [{ key, step, named: `Step ${key.slice(0, 40)}` }] : [],
  );
}

/** Every text in a value, keys too, with its place. */
export function* textsIn(value: Json, path: Path = []): Generator<readonly [text: string, path: Path]> {
  if (typeof value === 'string') yield [value, path];
  else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      yield [key, [...path, key]];
      yield* textsIn(inner, [...path, key]);
    }
  } else if (Array.isArray(value)) {
    for (const [index, inner] of (value as Json[]).entries()) yield* textsIn(inner, [...path, index]);
  }
}

/** The name of a step's queue; undefined where it has none, or where it is not known before placeholders are filled in. */
export function queueOf({ step: { queue } }: SubjectStep): string | undefined {
  return typeof queue === 'string' && queue !== '' && !queue.includes('{') ? queue : undefined;
}
