import { Router } from 'express';
import { names } from '../../services/names.ts';
import { announcingOf, runOfKey, start } from '../announcing/start.ts';
import { bodyReader } from '../body.ts';
import { deedOf } from '../deed.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { planChanged } from '../reruns/errors.ts';
import { planRerun, type RerunPlan } from '../reruns/plan.ts';
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
      const answer = await access.audit.of(deed, async () => rerun(site, planned, key, deed.who), outcomeOf);
      response.json(answer satisfies StartedView);
    },
  );
  return router;
}

/** Starts what was planned. */
export async function rerun(
  site: Site,
  { message, preview }: RerunPlan,
  key: string,
  who: string,
): Promise<StartedView> {
  const { run: of, wish } = preview;
  const { priority } = wish;
  const run = runOfKey(key, of);
  const asked = { queue: names.reruns, message, run, who, lane: 'reprocessing' } as const;
  const started = await start(site, { ...asked, ...(priority === undefined ? {} : { priority }) });
  // The same was asked for before: that is the run that was meant.
  const isOwn = started.status === 'duplicate' && site.ledger.queries.summary(run)?.rerunOf === of;
  return isOwn ? { run, status: 'accepted' } : started;
}

/** For the audit. */
export function outcomeOf({ run, status, reason }: StartedView): string {
  return `${status}: ${run}${reason === undefined ? '' : `, ${reason}`}`;
}
