import type { Json } from '../core/json.ts';
import {
  isLinkMap,
  stepNumbers,
  stepOf,
  targetList,
  type Links,
  type Recipe,
  type Step,
  type Targets,
} from './recipe.ts';

/**
 * One recipe that does what both do: the steps of the second are renumbered after those of the first, starts and
 * errors are joined. Both must be valid. The inputs are not changed.
 */
export function mergeRecipes(first: Recipe, second: Recipe): Recipe {
  const renumbered = renumberedAfter(first, second);
  const steps = stepNumbers(second).map((number) => [
    renumbered(number),
    relinked(stepOf(second, number) ?? {}, renumbered),
  ]);
  const errors = [...targetList(first.error ?? null), ...targetList(second.error ?? null).map(renumbered)];
  return {
    ...first,
    ...(Object.fromEntries(steps) as Record<`${number}`, Step>),
    start: [...first.start, ...second.start.map(([step, payload]) => [renumbered(step), payload] as const)],
    ...(first.error === undefined && second.error === undefined ? {} : { error: errors }),
  };
}

/** Steps of the second recipe get the numbers after the first's highest, in their order. */
function renumberedAfter(first: Recipe, second: Recipe): (number: number) => number {
  const next = Math.max(1, stepNumbers(first).at(-1) ?? 1) + 1;
  const numbers = new Map(stepNumbers(second).map((number, index) => [number, next + index]));
  return (number) => numbers.get(number) ?? number;
}

function relinked(step: Step, renumbered: (number: number) => number): Step {
  const { output, error } = step;
  const links: Record<string, Json> = {};
  if (output !== undefined) links['output'] = linksWith(output, renumbered);
  if (error !== undefined) links['error'] = linksWith(error, renumbered);
  return { ...step, ...links };
}

function linksWith(links: Links, renumbered: (number: number) => number): Links {
  if (!isLinkMap(links)) return targetsWith(links, renumbered);
  return Object.fromEntries(
    Object.entries(links).map(([channel, targets]) => [channel, targetsWith(targets, renumbered)]),
  );
}

function targetsWith(targets: Targets, renumbered: (number: number) => number): Targets {
  if (targets === null) return null;
  return typeof targets === 'number' ? renumbered(targets) : targets.map(renumbered);
}
