import { canonical, isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Path } from './problem.ts';
import { linkedSteps, stepNumbers, stepOf, targetList, type Links, type Recipe } from './recipe.ts';

/** One way in which two recipes differ in what they mean. Steps have the number of the first recipe, added ones of the second. */
export type Difference =
  | { readonly kind: 'added' | 'removed'; readonly step: number; readonly content: JsonObject }
  | { readonly kind: 'renumbered'; readonly step: number; readonly to: number }
  | {
      readonly kind: 'changed';
      /** Keys from the top of the first recipe. */
      readonly path: Path;
      /** Absent where there was nothing, or is nothing any more. */
      readonly before?: Json;
      readonly after?: Json;
    };

/** Two recipes of a name, and in what they differ. */
export interface Comparison {
  readonly name: string;
  /** They do the same. */
  readonly same: boolean;
  readonly differences: readonly Difference[];
}

/** Compares two recipes, by meaning. Both must be valid. */
export function compareRecipes(name: string, before: Recipe, after: Recipe): Comparison {
  const differences = diffRecipes(before, after);
  return { name, same: differences.every(({ kind }) => kind === 'renumbered'), differences };
}

/** The step of the second recipe that takes the place of one of the first: it sends to the same queue and topic. */
export function counterpart(before: Recipe, after: Recipe): (step: number) => number | undefined {
  const pairs = pairsOf(before, after);
  return (step) => {
    const to = pairs.get(step);
    const isSame = to !== undefined && canonical(destinationOf(before, step)) === canonical(destinationOf(after, to));
    return isSame ? to : undefined;
  };
}

/**
 * What has changed from one recipe to another, by meaning: the order of keys, the numbers of steps, and whether a link is
 * written as a number or a list do not count. `renumbered` alone means that they do the same. Both must be valid.
 */
export function diffRecipes(before: Recipe, after: Recipe): Difference[] {
  const pairs = pairsOf(before, after);
  const numbers = new Map(Array.from(pairs, ([old, now]) => [now, old]));
  const differences: Difference[] = [];
  for (const step of stepNumbers(before)) {
    const to = pairs.get(step);
    if (to === undefined) differences.push({ kind: 'removed', step, content: stepOf(before, step) ?? {} });
    else {
      if (to !== step) differences.push({ kind: 'renumbered', step, to });
      const now = plain(stepOf(after, to) ?? {}, (target) => numbers.get(target) ?? `new ${target}`);
      differences.push(
        ...changes(
          plain(stepOf(before, step) ?? {}, (target) => target),
          now,
          [String(step)],
        ),
      );
    }
  }
  for (const step of stepNumbers(after)) {
    if (!numbers.has(step)) differences.push({ kind: 'added', step, content: stepOf(after, step) ?? {} });
  }
  const rest = (recipe: Recipe, numbered: Numbering): JsonObject => ({
    start: recipe.start.map(([step, payload]): Json => [numbered(step), payload]).sort(byText),
    error: targetsOf(targetList(recipe.error ?? null), numbered),
  });
  const renumbered: Numbering = (step) => numbers.get(step) ?? `new ${step}`;
  return [
    ...differences,
    ...changes(
      rest(before, (step) => step),
      rest(after, renumbered),
      [],
    ),
  ];
}

/** Numbers of the second recipe's steps as those of the first. */
type Numbering = (step: number) => Json;

/** Which step of the second recipe is which of the first: what is alike first, then what has the same number or queue. */
function pairsOf(before: Recipe, after: Recipe): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  const left = new Set(stepNumbers(before));
  const right = new Set(stepNumbers(after));
  const pair = (signature: (recipe: Recipe, step: number) => string): void => {
    const candidates = Map.groupBy(right, (step) => signature(after, step));
    for (const step of left) {
      const alike = candidates.get(signature(before, step)) ?? [];
      const match = alike.includes(step) && right.has(step) ? step : alike.find((each) => right.has(each));
      if (match === undefined) continue;
      pairs.set(step, match);
      left.delete(step);
      right.delete(match);
    }
  };
  pair((recipe, step) => canonical([step, contentOf(recipe, step)]));
  pair((recipe, step) => canonical(contentOf(recipe, step)));
  pair((recipe, step) => canonical([step, destinationOf(recipe, step)]));
  pair((recipe, step) => canonical(destinationOf(recipe, step)));
  pair((_, step) => String(step));
  return pairs;
}

/** A step without its links. */
function contentOf(recipe: Recipe, step: number): JsonObject {
  const { output: _output, error: _error, ...content } = stepOf(recipe, step) ?? {};
  return content;
}

function destinationOf(recipe: Recipe, step: number): Json {
  const { queue = null, topic = null } = stepOf(recipe, step) ?? {};
  return [queue, topic];
}

/** A step with its links in one form: the channels, each with its steps in order. */
function plain(step: JsonObject, numbered: Numbering): JsonObject {
  const { output, error, ...content } = step;
  const links = Object.entries({ output, error }).flatMap(([name, written]) => {
    const plainLinks = linksOf(written as Links | null | undefined, numbered);
    return Object.keys(plainLinks).length === 0 ? [] : [[name, plainLinks] as const];
  });
  return { ...content, ...Object.fromEntries(links) };
}

function linksOf(links: Links | null | undefined, numbered: Numbering): JsonObject {
  const entries = linkedSteps(links ?? undefined).map(
    ([channel, steps]) => [channel, targetsOf(steps, numbered)] as const,
  );
  return Object.fromEntries(entries.filter(([, steps]) => steps.length > 0));
}

function targetsOf(steps: readonly number[], numbered: Numbering): readonly Json[] {
  return steps.map(numbered).sort(byText);
}

function byText(a: Json, b: Json): number {
  return canonical(a) < canonical(b) ? -1 : 1;
}

/** The deepest places at which two values differ; lists count as a whole. */
function changes(before: JsonObject, after: JsonObject, path: Path): Difference[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): Difference[] => {
    const [old, now] = [ownOf(before, key), ownOf(after, key)];
    if (isObject(old) && isObject(now)) return changes(old, now, [...path, key]);
    if (old !== undefined && now !== undefined && canonical(old) === canonical(now)) return [];
    return [
      {
        kind: 'changed',
        path: [...path, key],
        ...(old === undefined ? {} : { before: old }),
        ...(now === undefined ? {} : { after: now }),
      },
    ];
  });
}

function ownOf(holder: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(holder, key) ? holder[key] : undefined;
}
