import { defineError } from '../../core/errors.ts';

interface OfRun {
  readonly run: string;
  readonly why: string;
}

/** The run cannot be repeated so: something that is needed for it is not kept. */
export const notKept = defineError(
  'reruns.not-kept',
  ({ run, why }: OfRun) => `${run} cannot be repeated like that: ${why}`,
  'Repeat it from an earlier step, whose messages are kept, or whole; where its recipe is not kept, announce it anew.',
);

/** There is nothing in the run that could be repeated so. */
export const nothingToRerun = defineError(
  'reruns.nothing-left',
  ({ run, why }: OfRun) => `Nothing of ${run} is to be repeated: ${why}`,
  'Repeat it whole, or from another step.',
);

/** The recipe, with these parameters, cannot be run, or the announcement would be refused. */
export const cannotStart = defineError(
  'reruns.cannot-start',
  ({ why }: { readonly why: string }) => `The dispatcher would refuse this: ${why}`,
  'Correct the parameters, or the recipe, and look at the preview again.',
);

/** What would start is no longer what the preview has shown. */
export const planChanged = defineError(
  'reruns.plan-changed',
  ({ what }: { readonly what: string }) => `What would start of ${what} has changed since the preview`,
  'Look at the preview again: messages may have been settled, or a recipe been changed meanwhile.',
);
