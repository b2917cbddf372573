import { Router } from 'express';
import type { RunFilter } from '../../ledger/queries.ts';
import type { Page, RunDetail, RunRecipe, RunSummary } from '../api.ts';
import { noSuchRun } from '../errors.ts';
import { queryReader } from '../query.ts';
import type { Site } from '../site.ts';

const words = { type: 'string', maxLength: 200 };

const readQuery = queryReader<RunFilter>({
  state: { enum: ['running', 'finished', 'failed', 'cancelled'] },
  beamline: words,
  visit: words,
  overBudget: { type: 'boolean' },
  text: words,
  cursor: { type: 'string', pattern: '^[0-9]{1,15}$' },
  limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 },
});

/** `GET /api/runs`: a page of runs, the newest first. `GET /api/runs/ID`: all about one; `…/recipe`: what it follows. */
export function runRoutes(site: Site): Router {
  const router = Router();
  router.get('/', (request, response) => {
    response.json(site.ledger.queries.runs(readQuery(request.query)) satisfies Page<RunSummary>);
  });
  router.get('/:id', ({ params: { id } }, response) => {
    const run = site.ledger.queries.run(id);
    if (!run) throw noSuchRun({ run: id.slice(0, 200) });
    response.json(run satisfies RunDetail);
  });
  router.get('/:id/recipe', ({ params: { id } }, response) => {
    const recipe = site.ledger.queries.recipe(id);
    if (!recipe) throw noSuchRun({ run: id.slice(0, 200) });
    response.json(recipe satisfies RunRecipe);
  });
  return router;
}
