import type { StepSettings } from '../recipes/settings.ts';
import type { StepRecord } from './record.ts';
import type { RunContext } from './run-context.ts';

/**
 * What the record of a delivery says of the budget of its step, when the step has one and the run says when it was
 * announced. A budget is watched, and ends nothing: see docs/adr/0013. `now` in milliseconds since 1970.
 */
export function budgetUsed({ budget }: StepSettings, { announcedAt }: RunContext, now: number): StepRecord['budget'] {
  if (budget === undefined || announcedAt === undefined) return undefined;
  return { seconds: budget, used: Math.max(0, now - announcedAt) / 1000 };
}
