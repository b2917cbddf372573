import { walk } from './graph.ts';
import { linkedSteps, stepNumbers, stepOf, type Recipe } from './recipe.ts';

/** These steps, and all to which messages may go from them over `output` links, directly or through others. */
export function downstreamOf(recipe: Recipe, steps: Iterable<number>): ReadonlySet<number> {
  const links = stepNumbers(recipe).map((number): [number, readonly number[]] => [
    number,
    linkedSteps(stepOf(recipe, number)?.output).flatMap(([, targets]) => targets),
  ]);
  return walk(new Map(links), steps).reached;
}
