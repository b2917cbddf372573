import { Router } from 'express';
import { announcingOf } from '../announcing/start.ts';
import { bodyReader } from '../body.ts';
import { previewOf } from '../bulk/preview.ts';
import type { BulkAction, BulkPreview, BulkResult, BulkSelection } from '../bulk/views.ts';
import { work, type Bulk } from '../bulk/work.ts';
import { deedOf } from '../deed.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import type { Site } from '../site.ts';

const readPreview = bodyReader<{ readonly action: BulkAction; readonly selection: BulkSelection }>(bodies.bulkPreview);
const readBulk = bodyReader<Bulk>(bodies.bulk);

/** Bytes: some parameters, and the runs with what was shown of each. */
const bodyAtMost = 1_000_000;

/**
 * `POST /api/bulk/preview`: what would be done with several runs, one by one; nothing is. `POST /api/bulk`: does that, and
 * answers with a line of JSON for each run when it is done with it. It goes on to the end, whether anybody listens or not.
 */
export function bulkRoutes(site: Site): Router {
  const { doorkeeper, ledger, log } = site;
  const router = Router();
  router.post('/preview', doorkeeper.needs('operator'), ...jsonBody(bodyAtMost), async (request, response) => {
    const { action, selection } = readPreview(request.body);
    const preview = await previewOf(action, selection, ledger.queries, announcingOf(site));
    response.json(preview satisfies BulkPreview);
  });
  router.post('/', doorkeeper.needs('operator'), ...jsonBody(bodyAtMost), async (request, response) => {
    const bulk = readBulk(request.body);
    const { what } = bulk.action;
    response.type('application/x-ndjson').set('cache-control', 'no-store').flushHeaders();
    try {
      const results = work(site, bulk, (run, reason) =>
        deedOf(request, response, { action: what, subject: run, reason }),
      );
      for await (const result of results) response.write(`${JSON.stringify(result satisfies BulkResult)}\n`);
    } catch (error) {
      // What was begun was answered already: the line that is missing tells that it ended early.
      log.error({ err: error, action: what }, 'a bulk action ended early');
    }
    response.end();
  });
  return router;
}
