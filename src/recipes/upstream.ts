import { walk, type Graph } from './graph.ts';
import { linkedSteps, stepNumbers, stepOf, type Recipe } from './recipe.ts';

/** A step and all from which messages come to it over `output` links, directly or through others. */
export function upstreamOf(recipe: Recipe, step: number): ReadonlySet<number> {
  const sources = new Map<number, number[]>();
  for (const number of stepNumbers(recipe)) {
    for (const [, targets] of linkedSteps(stepOf(recipe, number)?.output)) {
      for (const target of targets) sources.set(target, [...(sources.get(target) ?? []), number]);
    }
  }
  return walk(sources satisfies Graph, [step]).reached;
}
