import { plural } from '../../core/plural.ts';
import { stateBy } from '../limits.ts';
import type { Facts, Finding } from './check.ts';

/** Steps finish within the budgets that their recipes give them. */
export function budgets({ newOverBudget, limits }: Facts): Finding {
  const check = 'budgets';
  const state = stateBy(limits, 'overBudget', newOverBudget);
  const message =
    newOverBudget === 0
      ? 'No step went over its budget within ten minutes.'
      : `${plural(newOverBudget, 'step')} went over ${newOverBudget === 1 ? 'its budget' : 'their budgets'} within ten minutes.`;
  if (state === 'pass') return { check, state, message };
  const advice = 'Open one of the runs: where it waits is what is too slow, or too few.';
  return { check, state, message, advice, see: '/runs?overBudget=true' };
}
