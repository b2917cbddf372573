import { noLetter, noSuchFailure, noSuchGroup, nothingLeft, notUnderWay, underWay } from '../failed/errors.ts';
import { bodies } from './bodies.ts';
import type { Operation, Operations, Parameters } from './operation.ts';
import { oneOf, refTo, text, told, type Schema } from './schema.ts';

const words: Schema = { type: 'string', maxLength: 200 };
const state = oneOf(['open', 'addressed'], 'which failures');

const begun = (summary: string, body: Parameters): Operation => ({
  ...{ summary, needs: 'operator', body, answer: refTo('BegunAction') },
  errors: [noSuchGroup, underWay, nothingLeft],
});

const addressed = (summary: string, body: Parameters): Operation => ({
  ...{ summary, needs: 'operator', body, answer: refTo('Addressed') },
  errors: [noSuchGroup, noSuchFailure, nothingLeft],
});

/** What can be asked and done about what failed. */
export const failedOperations = (ofPages: Parameters): Operations => ({
  'GET /api/failed': {
    summary: 'What failed and nobody has addressed, grouped by step, cause and version of the recipe',
    needs: 'viewer',
    query: {
      state: { ...state, default: 'open' },
      order: { ...oneOf(['largest', 'newest']), default: 'largest' },
      step: { type: 'integer', minimum: -1e9, maximum: 1e9 },
      service: words,
      code: words,
      recipe: told(words, 'a recipe by its name, or a version by the beginning of its hash'),
      run: { type: 'string', maxLength: 1_000, description: 'groups with failures of this run' },
      queue: told(words, 'groups with letters in this queue of dead letters'),
      text: told(words, 'what stands in the message'),
      ...ofPages,
    },
    answer: refTo('FailedPage'),
  },
  'GET /api/failed/{group}': {
    summary: 'One group: its failures, the latest first, and what was done about them',
    needs: 'viewer',
    query: { state: { ...state, default: 'open' }, ...ofPages },
    answer: refTo('FailureGroupView'),
    errors: [noSuchGroup],
  },
  'GET /api/failed/{group}/preview': {
    summary: 'What actions on the group would touch',
    needs: 'viewer',
    answer: refTo('LetterPreview'),
    errors: [noSuchGroup],
  },
  'GET /api/failed/{group}/letters/{n}': {
    summary: 'A dead letter with its headers and its body',
    needs: 'viewer',
    answer: refTo('FailureLetter'),
    errors: [noSuchGroup, noSuchFailure, noLetter],
  },
  'GET /api/failed/{group}/export': {
    summary:
      'Copies of the dead letters, at most 10 000 and 64 MB, as zocalo.dlq_purge writes them; `baton-letters` counts them',
    needs: 'operator',
    answer: text,
    type: 'application/gzip',
    errors: [noSuchGroup, underWay],
  },
  'POST /api/failed/{group}/canary': begun('Sends the oldest letter of the group again', bodies.cancel),
  'POST /api/failed/{group}/release': begun(
    'Sends letters of the group again, the oldest first; ends by itself when ten have died again',
    bodies.releaseLetters,
  ),
  'POST /api/failed/{group}/purge': begun(
    'Puts letters of the group away in files on the host of the monitor, and marks them as addressed',
    bodies.purgeLetters,
  ),
  'POST /api/failed/{group}/actions/{n}/stop': {
    summary: 'Interrupts an action; what has not been moved is where it was',
    needs: 'operator',
    body: bodies.cancel,
    answer: refTo('BegunAction'),
    errors: [noSuchGroup, notUnderWay],
  },
  'POST /api/failed/{group}/address': addressed('Marks the failures of the group as addressed', bodies.addressFailures),
  'POST /api/failed/{group}/letters/{n}/address': addressed('Marks one failure as addressed', bodies.cancel),
  'POST /api/failed/{group}/addressings/{n}/undo': addressed('Takes an addressing back', bodies.cancel),
});
