import { Router } from 'express';
import { announcingOf } from '../announcing/start.ts';
import { bodyReader } from '../body.ts';
import { deedOf } from '../deed.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { planChanged } from '../reruns/errors.ts';
import { planRerun } from '../reruns/plan.ts';
import { startRerun } from '../reruns/start-rerun.ts';
import type { RerunPreview, RerunWish, StartedView } from '../reruns/views.ts';
import type { Site } from '../site.ts';

interface PreviewBody {
  readonly wish: RerunWish;
  /** Whether the announcement is wanted, too: for who sends it by other ways. */
  readonly announcement: boolean;
}

interface RerunBody {
  readonly wish: RerunWish;
  readonly reason: string;
  /** Of the preview. */
  readonly plan: string;
  /** Whoever sends the same twice starts one run. */
  readonly key: string;
}

const readPreview = bodyReader<PreviewBody>(bodies.rerunPreview);
const readRerun = bodyReader<RerunBody>(bodies.rerun);

/** Bytes: all parameters may be edited. */
const bodyAtMost = 2_000_000;

/**
 * `POST /api/runs/RUN/rerun/preview`: exactly what would start; nothing does. `POST /api/runs/RUN/rerun`: starts that, and
 * nothing else, as a new run; for operators, who say why.
 */
export function rerunRoutes(site: Site): Router {
  const { access, doorkeeper, ledger } = site;
  const router = Router();
  router.post<{ run: string }>('/:run/rerun/preview', ...jsonBody(bodyAtMost), async (request, response) => {
    const { wish, announcement } = readPreview(request.body);
    const { preview, message } = await planRerun(ledger.queries, request.params.run, wish, announcingOf(site));
    response.json({ ...preview, ...(announcement ? { announcement: message } : {}) } satisfies RerunPreview);
  });
  router.post<{ run: string }>(
    '/:run/rerun',
    doorkeeper.needs('operator'),
    ...jsonBody(bodyAtMost),
    async (request, response) => {
      const { run } = request.params;
      const { wish, reason, plan, key } = readRerun(request.body);
      const planned = await planRerun(ledger.queries, run, wish, announcingOf(site));
      if (planned.preview.plan !== plan) throw planChanged({ what: run });
      const deed = deedOf(request, response, { action: 'rerun', subject: run, reason });
      const answer = await access.audit.of(deed, async () => startRerun(site, planned, key, deed.who), outcomeOf);
      response.json(answer satisfies StartedView);
    },
  );
  return router;
}

/** For the audit. */
function outcomeOf({ run, status, reason }: StartedView): string {
  return `${status}: ${run}${reason === undefined ? '' : `, ${reason}`}`;
}
