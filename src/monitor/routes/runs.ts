import { Router } from 'express';
import type { RunFilter } from '../../ledger/queries.ts';
import type { RunDetail, RunPage, RunRecipe } from '../api.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';
import { unknownRun } from '../unknown-run.ts';

/** `GET /api/runs`: a page of runs, the newest first. `GET /api/runs/ID`: all about one; `…/recipe`: what it follows. */
export function runRoutes(site: Site): Router {
  const router = Router();
  router.get('/', (_request, response) => {
    const page = site.ledger.queries.runs(atPlace('runs', questionOf<RunFilter>(response)));
    response.json(withCursor('runs', page) satisfies RunPage);
  });
  router.get('/:run', ({ params: { run: id } }, response) => {
    const run = site.ledger.queries.run(id);
    if (!run) throw unknownRun(site.ledger.queries, id);
    response.json(run satisfies RunDetail);
  });
  router.get('/:run/recipe', ({ params: { run: id } }, response) => {
    const recipe = site.ledger.queries.recipe(id);
    if (!recipe) throw unknownRun(site.ledger.queries, id);
    response.json(recipe satisfies RunRecipe);
  });
  return router;
}
