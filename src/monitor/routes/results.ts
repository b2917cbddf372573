import { Router } from 'express';
import type { ResultFilter } from '../../ledger/results.ts';
import type { Page, ResultEntry, SelectedResult } from '../api.ts';
import { atPlace, withCursor } from '../cursor.ts';
import { noSuchResult } from '../errors.ts';
import { Selector } from '../json-path/select.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';
import { unknownRun } from '../unknown-run.ts';

/** `GET /api/runs/RUN/results`: which there are. `…/N`: one of them, or with `?path=` what a JSONPath leads to in it. */
export function resultRoutes({ ledger: { queries } }: Site): Router {
  const selector = new Selector();
  const router = Router();
  router.get('/:run/results', ({ params: { run } }, response) => {
    const page = queries.results(run, atPlace('results', questionOf<ResultFilter>(response)));
    if (!page) throw unknownRun(queries, run);
    response.json(withCursor('results', page) satisfies Page<ResultEntry>);
  });
  router.get('/:run/results/:n', async ({ params: { run, n } }, response) => {
    const { path } = questionOf<{ readonly path?: string }>(response);
    const found = /^[1-9]\d{0,8}$/.test(n) ? queries.result(run, Number(n)) : undefined;
    if (!found) throw noSuchResult({ run: run.slice(0, 200), n: n.slice(0, 20) });
    if (path === undefined) return void response.json(found);
    const { result, ...of } = found;
    response.json({ ...of, path, matches: await selector.select(result, path) } satisfies SelectedResult);
  });
  return router;
}
