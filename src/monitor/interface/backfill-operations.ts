import {
  badNumbers,
  badParameter,
  changed,
  noRecipe,
  noSuchBackfill,
  nothingSelected,
  tooMany,
  wrongState,
} from '../../reprocess/errors.ts';
import { noReprocessing } from '../errors.ts';
import { backfillBodies } from './backfill-bodies.ts';
import { itemStates } from './backfill-schemas.ts';
import type { Operations, Parameters } from './operation.ts';
import { listOf, oneOf, refTo, text, told, type Schema } from './schema.ts';

const unclear = [badNumbers, badParameter, noRecipe, tooMany, noReprocessing];

/** Runs that are repeated in bulk, behind live work. */
export function backfillOperations(ofPages: Parameters): Operations {
  return {
    'GET /api/backfills': {
      summary: 'Back-fills, the newest first',
      needs: 'viewer',
      query: ofPages,
      answer: pageOf('BackfillView'),
      errors: [noReprocessing],
    },
    'POST /api/backfills/preview': {
      summary: 'Which runs it would be, how much that is, and what may be edited; nothing starts',
      needs: 'viewer',
      body: backfillBodies.preview,
      answer: refTo('BackfillPreview'),
      errors: unclear,
    },
    'POST /api/backfills': {
      summary: 'Creates a back-fill of exactly the runs of that preview, and begins with it',
      needs: 'operator',
      body: backfillBodies.create,
      answer: refTo('BackfillView'),
      errors: [...unclear, changed, nothingSelected],
    },
    'GET /api/backfills/{backfill}': {
      summary: 'One of them',
      needs: 'viewer',
      answer: refTo('BackfillView'),
      errors: [noSuchBackfill, noReprocessing],
    },
    'GET /api/backfills/{backfill}/runs': {
      summary: 'Its runs, in the order in which they start',
      needs: 'viewer',
      query: { state: oneOf(itemStates), ...ofPages },
      answer: pageOf('BackfillRun'),
      errors: [noSuchBackfill, noReprocessing],
    },
    'POST /api/backfills/{backfill}/pause': {
      summary: 'Nothing more of it is started until it is resumed; what is under way goes on',
      needs: 'operator',
      body: backfillBodies.change,
      answer: refTo('BackfillView'),
      errors: [noSuchBackfill, wrongState, noReprocessing],
    },
    'POST /api/backfills/{backfill}/resume': {
      summary: 'Goes on with it',
      needs: 'operator',
      body: backfillBodies.change,
      answer: refTo('BackfillView'),
      errors: [noSuchBackfill, wrongState, noReprocessing],
    },
    'POST /api/backfills/{backfill}/cancel': {
      summary: 'What of it has not been announced never starts',
      needs: 'operator',
      body: backfillBodies.cancel,
      answer: refTo('CancelledBackfill'),
      errors: [noSuchBackfill, wrongState, noReprocessing],
    },
  };
}

function pageOf(name: string): Schema {
  return {
    type: 'object',
    required: ['items'],
    properties: { items: listOf(refTo(name)), next: told(text, 'the cursor of the next page; absent on the last') },
  };
}
