import { defineError } from '../core/errors.ts';

/** The run numbers cannot be read. */
export const badNumbers = defineError(
  'reprocess.bad-numbers',
  (at: { readonly text: string; readonly position: number; readonly expected: string }) =>
    `The run numbers ${JSON.stringify(at.text.slice(0, 100))} cannot be read at position ${String(at.position)}: expected ${at.expected}`,
  'Write numbers and ranges with commas between, such as 4,6-8.',
);

/** Nothing is selected that could be repeated. */
export const nothingSelected = defineError(
  'reprocess.nothing-selected',
  (at: { readonly leftOut: number }) =>
    at.leftOut === 0
      ? 'No run fits the selection'
      : `None of the ${String(at.leftOut)} runs that fit the selection can be repeated`,
  'See the preview: it tells what was left out, and why.',
);

/** More runs than one back-fill takes. */
export const tooMany = defineError(
  'reprocess.too-many',
  (at: { readonly limit: number }) => `More than ${String(at.limit)} runs fit the selection`,
  'Select fewer, such as those of one visit, or of a part of the time.',
);

/** The runs are others than those that were shown. */
export const changed = defineError(
  'reprocess.changed',
  (at: { readonly runs: number }) =>
    `The runs are not those of the preview any more: the same selection has ${String(at.runs)} runs now, or others`,
  'Look at the preview again, and create it from that.',
);

/** There is no recipe of that name. */
export const noRecipe = defineError(
  'reprocess.no-recipe',
  (at: { readonly name: string }) => `There is no recipe ${JSON.stringify(at.name)}`,
  'Correct the name; it is that of a file in the recipe folder, without .json.',
);

/** A parameter cannot have that value. */
export const badParameter = defineError(
  'reprocess.bad-parameter',
  (at: { readonly name: string; readonly reason: string }) =>
    `The parameter ${JSON.stringify(at.name.slice(0, 100))} cannot be that: ${at.reason}`,
  'Correct the value; the preview tells the type of each parameter, and the values that the runs had.',
);

/** There is no such back-fill. */
export const noSuchBackfill = defineError(
  'reprocess.no-such-backfill',
  (at: { readonly id: string }) => `There is no back-fill ${JSON.stringify(at.id.slice(0, 100))}`,
  'Look for it in /api/backfills, or with `baton reprocess ls`.',
);

/** That cannot be done with a back-fill in this state. */
export const wrongState = defineError(
  'reprocess.wrong-state',
  (at: { readonly id: string; readonly state: string; readonly wish: string }) =>
    `The back-fill ${at.id} is ${at.state}, and cannot be ${at.wish}`,
  'Only a running one is paused, only a paused one resumed, and only one that has not ended cancelled.',
);

/** The store of back-fills cannot be used. */
export const unreadable = defineError(
  'reprocess.unreadable',
  (at: { readonly file: string; readonly reason: string }) =>
    `The store of back-fills ${at.file} cannot be used: ${at.reason}`,
  'Bring it back from a back-up, or move it away: then the back-fills are forgotten, and none of their runs.',
);

/** A later release wrote the store of back-fills. */
export const newer = defineError(
  'reprocess.newer',
  (at: { readonly file: string; readonly found: number; readonly known: number }) =>
    `The store of back-fills ${at.file} has format ${String(at.found)}; this release knows formats up to ${String(at.known)}`,
  'Use the release that wrote it, or a later one.',
);
