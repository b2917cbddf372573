import { Router } from 'express';
import type { LogFilter } from '../../ledger/logs/log-queries.ts';
import type { LogPage } from '../api.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';
import { unknownRun } from '../unknown-run.ts';

/** `GET /api/runs/RUN/logs`: what services wrote about a run. */
export function logRoutes({ ledger }: Site): Router {
  const router = Router();
  router.get('/:run/logs', ({ params: { run } }, response) => {
    const page = ledger.logs.lines(run, questionOf<LogFilter>(response)) ?? noLines(ledger.queries.summary(run));
    if (!page) throw unknownRun(ledger.queries, run);
    response.json(page satisfies LogPage);
  });
  return router;
}

/** A run that nothing was written about, as far as it is remembered. */
function noLines(run: object | undefined): LogPage | undefined {
  return run && { items: [], kept: 0, leftOut: 0, removed: 0, later: 0 };
}
