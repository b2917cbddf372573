import { Router } from 'express';
import type { RunFilter } from '../../ledger/queries.ts';
import type { Page, RunDetail, RunRecipe, RunSummary } from '../api.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { noSuchRun } from '../errors.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

/** `GET /api/runs`: a page of runs, the newest first. `GET /api/runs/ID`: all about one; `…/recipe`: what it follows. */
export function runRoutes(site: Site): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    const page = site.ledger.queries.runs(atPlace('runs', questionOf<RunFilter>(response)));
    response.json(withCursor('runs', page) satisfies Page<RunSummary>);
  });
  router.get('/:run', ({ params: { run: id } }, response) => {
    const run = site.ledger.queries.run(id);
    if (!run) throw noSuchRun({ run: id.slice(0, 200) });
    response.json(run satisfies RunDetail);
  });
  router.get('/:run/recipe', ({ params: { run: id } }, response) => {
    const recipe = site.ledger.queries.recipe(id);
    if (!recipe) throw noSuchRun({ run: id.slice(0, 200) });
    response.json(recipe satisfies RunRecipe);
  });
  return router;
}
