import { noAnnouncing } from '../announcing/errors.ts';
import { noSuchRun } from '../errors.ts';
import { cannotStart, notKept, nothingToRerun, planChanged } from '../reruns/errors.ts';
import { bodies } from './bodies.ts';
import type { Operations } from './operation.ts';
import { refTo } from './schema.ts';

const refusals = [noSuchRun, notKept, nothingToRerun, cannotStart, noAnnouncing];

/** Runs that repeat others. */
export const rerunOperations: Operations = {
  'POST /api/runs/{run}/rerun/preview': {
    summary: 'Exactly what a rerun would start; nothing does',
    needs: 'viewer',
    body: bodies.rerunPreview,
    answer: refTo('RerunPreview'),
    errors: refusals,
  },
  'POST /api/runs/{run}/rerun': {
    summary:
      'Repeats the run, or a part of it, as a new run: what the preview of that plan has shown, and nothing else',
    needs: 'operator',
    body: bodies.rerun,
    answer: refTo('StartedView'),
    errors: [...refusals, planChanged],
  },
};
