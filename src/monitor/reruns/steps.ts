import { downstreamOf } from '../../recipes/downstream.ts';
import { stepNumbers, stepOf, type Recipe } from '../../recipes/recipe.ts';
import type { Beginning } from '../../recipes/route.ts';
import type { RerunMessage, RerunStep } from './views.ts';

/** Messages shown of those that a run begins with. */
const shown = 50;

/** All steps of a recipe, with how much a run would begin there, and whether it would come there. */
export function stepsOf(recipe: Recipe, begins: readonly Beginning[]): readonly RerunStep[] {
  const counts = Map.groupBy(begins, ({ step }) => step);
  const reached = downstreamOf(recipe, counts.keys());
  return stepNumbers(recipe).map((step) => {
    const { service, queue } = stepOf(recipe, step) ?? {};
    return {
      step,
      ...(typeof service === 'string' ? { service } : {}),
      ...(typeof queue === 'string' ? { queue } : {}),
      messages: counts.get(step)?.length ?? 0,
      follows: reached.has(step),
    };
  });
}

/** The first of the messages that a run would begin with. */
export function beginsOf(begins: readonly Beginning[]): readonly RerunMessage[] {
  return begins.slice(0, shown).map((each) => ({ ...each, bytes: Buffer.byteLength(JSON.stringify(each.payload)) }));
}
