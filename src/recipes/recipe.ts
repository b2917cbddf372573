import { isObject, type Json, type JsonObject } from '../core/json.ts';

/** Where messages go: a step, several, or several by channel. A bare number means the same as a list of one. */
export type Links = Targets | { readonly [channel: string]: Targets };

/** A step's number, or several. `null` links to nothing. */
export type Targets = number | readonly number[] | null;

/** One entry of `start`: the step, and the payload of the message to it. */
export type Start = readonly [number, Json];

/**
 * One step as its author wrote it: every key is kept, also those that mean nothing to Baton. Numbers may stand as text,
 * and before substitution as placeholders: `settings.ts` reads them.
 */
export type Step = JsonObject & {
  readonly service?: string;
  readonly queue?: string | null;
  readonly topic?: string | null;
  readonly parameters?: JsonObject;
  readonly output?: Links;
  readonly error?: Links;
};

/**
 * A recipe, shaped as the JSON that goes over the wire: steps stand under their numbers as text (gaps are allowed)
 * beside `start` and `error`. Never changed in place.
 */
export type Recipe = JsonObject & {
  readonly start: readonly Start[];
  readonly error?: number | readonly number[];
  readonly [number: `${number}`]: Step;
};

/** The numbers of a recipe's steps, ascending. */
export function stepNumbers(recipe: Recipe): number[] {
  return Object.keys(recipe)
    .filter((key) => key !== 'start' && key !== 'error')
    .map(Number)
    .sort((a, b) => a - b);
}

/** The step of that number, if the recipe has it. */
export function stepOf(recipe: Recipe, number: number): Step | undefined {
  return Object.hasOwn(recipe, number) ? recipe[`${number}`] : undefined;
}

/** Channel (`''` for links that name none) and steps linked over it, in the order written. */
export function linkedSteps(links: Links | undefined): [channel: string, steps: readonly number[]][] {
  if (links === undefined) return [];
  if (!isLinkMap(links)) return [['', targetList(links)]];
  return Object.entries(links).map(([channel, targets]) => [channel, targetList(targets)]);
}

/** True when links are given by channel. */
export function isLinkMap(links: Links): links is { readonly [channel: string]: Targets } {
  return isObject(links);
}

/** The steps that targets name, as a list. A recipe that comes with a message was validated by its sender, or not: what is no number leads nowhere. */
export function targetList(targets: Targets): readonly number[] {
  return [targets].flat().filter((target) => typeof target === 'number');
}
