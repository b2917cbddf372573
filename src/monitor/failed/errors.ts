import { defineError } from '../../core/errors.ts';

/** Nothing ever failed so. */
export const noSuchGroup = defineError(
  'failed.no-such-group',
  (at: { readonly group: string }) => `No failures have the id ${JSON.stringify(at.group.slice(0, 100))}`,
  'Look for them in /api/failed; the id follows from step, cause and version of the recipe.',
);

/** The failure is there no more: it was sent again, its run was removed, or it died again and has another number. */
export const noSuchFailure = defineError(
  'failed.no-such-failure',
  (at: { readonly n: string }) => `There is no failure ${JSON.stringify(at.n.slice(0, 100))} in this group any more`,
  '/api/failed/GROUP lists those that there are.',
);

/** There is no letter to be shown. */
export const noLetter = defineError(
  'failed.no-letter',
  (at: { readonly n: string }) => `The message of failure ${at.n} is in no queue of dead letters any more`,
  'It was sent again or put away since; its run tells more.',
);

/** One action at a time. */
export const underWay = defineError(
  'failed.under-way',
  () => 'Letters of this group are being moved already',
  'Wait for the end of that, or interrupt it.',
);

/** There is nothing to be moved or addressed. */
export const nothingLeft = defineError(
  'failed.nothing-left',
  (at: { readonly what: string }) => `There is nothing ${at.what}`,
  'Look at the group again: somebody else may have been faster, or its letters are no longer in the broker.',
);

/** Such an action is not under way. */
export const notUnderWay = defineError(
  'failed.not-under-way',
  (at: { readonly n: string }) => `Action ${JSON.stringify(at.n.slice(0, 100))} is not under way`,
  '/api/failed/GROUP tells which actions there were, and how they ended.',
);
