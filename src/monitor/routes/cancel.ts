import { Router } from 'express';
import { cancelRuns, type CancelAnswer } from '../../services/cancel-runs.ts';
import type { CancelView } from '../api.ts';
import { bodyReader } from '../body.ts';
import { deedOf } from '../deed.ts';
import { notConfirmed } from '../errors.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import type { Site } from '../site.ts';

const readBody = bodyReader<{ readonly reason: string }>(bodies.cancel);

/** How long the ledger has for its answer, in seconds: it is in the same process, and the broker between. */
const patience = 10;

/** `POST /api/runs/RUN/cancel`: nothing more of the run is worked on; for operators, who say why. */
export function cancelRoutes(site: Site): Router {
  const { access, client, doorkeeper } = site;
  const router = Router();
  router.post<{ run: string }>(
    '/:run/cancel',
    doorkeeper.needs('operator'),
    ...jsonBody(),
    async (request, response) => {
      const { run } = request.params;
      const { reason } = readBody(request.body);
      const deed = deedOf(request, response, { action: 'cancel', subject: run, reason });
      const answer = await access.audit.of(
        deed,
        async () => {
          const wish = { user: deed.who, reason, timeout: patience };
          const given = (await cancelRuns(client, new Set([run]), wish)).get(run);
          if (!given) throw notConfirmed({ run, seconds: patience });
          return viewOf(given);
        },
        ({ state, ended }) => (ended === undefined ? state : `${state}: ${ended}`),
      );
      tellPages(site, run);
      response.json(answer);
    },
  );
  return router;
}

/** The ledger tells of a run when its numbers change, which takes time: all who look at it are told at once. */
function tellPages({ ledger, live }: Site, id: string): void {
  const run = ledger.queries.summary(id);
  if (run) live.publish({ type: 'run', run });
}

function viewOf({ run, state, ended }: CancelAnswer): CancelView {
  return { run, state, ...(ended === undefined ? {} : { ended }) };
}
