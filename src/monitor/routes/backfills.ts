import { plural } from '../../core/plural.ts';
import { Router, type Request, type Response } from 'express';
import type { Reprocessing } from '../../reprocess/reprocessing.ts';
import type { BackfillRequest, ItemState, Pace } from '../../reprocess/views.ts';
import type { BackfillPreview, BackfillRun, BackfillView, CancelledBackfill, Page } from '../api.ts';
import { bodyReader } from '../body.ts';
import { atPlace, withCursor, type PageQuestion } from '../cursor.ts';
import { deedOf } from '../deed.ts';
import { identityOf } from '../doorkeeper.ts';
import { noReprocessing } from '../errors.ts';
import { jsonBody } from '../guards.ts';
import { backfillBodies } from '../interface/backfill-bodies.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

type Asked = Omit<BackfillRequest, 'pace'> & { readonly pace: Partial<Pace> };

const readPreview = bodyReader<Asked>(backfillBodies.preview);
const readCreate = bodyReader<Asked & { readonly reason: string; readonly digest: string }>(backfillBodies.create);
const readChange = bodyReader<{ readonly reason: string }>(backfillBodies.change);
const readCancel = bodyReader<{ readonly reason: string; readonly running: boolean }>(backfillBodies.cancel);

/** Parameters may be long lists, and run numbers many. */
const bodyAtMost = 262_144;

/** `/api/backfills`: those that there are, what one would be, and what operators do with them. */
export function backfillRoutes(site: Site): Router {
  const { doorkeeper } = site;
  const router = Router();
  const operator = [doorkeeper.needs('operator'), ...jsonBody(bodyAtMost)];
  router.get('/', (_request, response) => {
    const page = reprocessingOf(site).page(atPlace('backfills', questionOf<PageQuestion>(response)));
    response.json(withCursor('backfills', page) satisfies Page<BackfillView>);
  });
  router.post('/preview', ...jsonBody(bodyAtMost), async (request, response) => {
    const wish = requestOf(site, readPreview(request.body));
    const preview = await reprocessingOf(site).preview(wish);
    response.json({ ...preview, pace: wish.pace } satisfies BackfillPreview);
  });
  router.post('/', ...operator, async (request, response) => {
    const { reason, digest, ...asked } = readCreate(request.body);
    const work = async (): Promise<BackfillView> =>
      await reprocessingOf(site).create(requestOf(site, asked), digest, { by: identityOf(response).name, why: reason });
    const deed = deedOf(request, response, { action: 'reprocess', subject: wordsOf(asked), reason });
    const outcome = ({ id, estimate }: BackfillView): string => `back-fill ${id}, ${plural(estimate.runs, 'run')}`;
    response.json(await site.access.audit.of(deed, work, outcome));
  });
  router.get('/:backfill', ({ params: { backfill } }, response) => {
    response.json(reprocessingOf(site).one(backfill) satisfies BackfillView);
  });
  router.get('/:backfill/runs', ({ params: { backfill } }, response) => {
    const question = atPlace('backfill-runs', questionOf<PageQuestion & { readonly state?: ItemState }>(response));
    const page = reprocessingOf(site).runs(backfill, question);
    response.json(withCursor('backfill-runs', page) satisfies Page<BackfillRun>);
  });
  router.post<{ backfill: string }>('/:backfill/pause', ...operator, async (request, response) => {
    response.json(await changed(site, request, response, 'pause'));
  });
  router.post<{ backfill: string }>('/:backfill/resume', ...operator, async (request, response) => {
    response.json(await changed(site, request, response, 'resume'));
  });
  router.post<{ backfill: string }>('/:backfill/cancel', ...operator, async (request, response) => {
    const { backfill: id } = request.params;
    const { reason, running } = readCancel(request.body);
    const reprocessing = reprocessingOf(site);
    reprocessing.one(id);
    const deed = deedOf(request, response, { action: 'cancel back-fill', subject: id, reason });
    const answer = await site.access.audit.of(
      deed,
      async () => await reprocessing.cancel(id, { by: deed.who, why: reason }, running),
      ({ backfill, runs }) =>
        `never to start: ${plural(backfill.counts.withdrawn, 'run')}${running ? `, to be cancelled under way: ${String(runs)}` : ''}`,
    );
    response.json(answer satisfies CancelledBackfill);
  });
  return router;
}

async function changed(
  site: Site,
  request: Request<{ backfill: string }>,
  response: Response,
  what: 'pause' | 'resume',
): Promise<BackfillView> {
  const { backfill: id } = request.params;
  const { reason } = readChange(request.body);
  const reprocessing = reprocessingOf(site);
  reprocessing.one(id);
  const deed = deedOf(request, response, { action: `${what} back-fill`, subject: id, reason });
  const work = async (): Promise<BackfillView> =>
    await Promise.resolve(reprocessing[what](id, { by: deed.who, why: reason }));
  return await site.access.audit.of(deed, work, ({ counts }) => `waiting: ${plural(counts.waiting, 'run')}`);
}

function reprocessingOf({ reprocessing }: Site): Reprocessing {
  if (reprocessing) return reprocessing;
  throw noReprocessing({});
}

/** What is not said of the pace is as the site has it. */
function requestOf(site: Site, { pace, ...asked }: Asked): BackfillRequest {
  return { ...asked, pace: { ...reprocessingOf(site).standardPace, ...pace } };
}

/** What was selected, for the audit. */
function wordsOf({ selection, recipe }: Asked): string {
  const all: Readonly<Record<string, string | number>> = {
    ...selection,
    ...(recipe.use === 'named' ? { recipe: recipe.name } : { recipe: recipe.use }),
  };
  return Object.entries(all)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
    .slice(0, 500);
}
