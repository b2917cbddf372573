import { Router } from 'express';
import { messageOf, previewOf } from '../announcing/preview.ts';
import { announcingOf, runOfKey, start } from '../announcing/start.ts';
import type { AnnouncementChoices, AnnouncementPreview, HandAnnouncement } from '../announcing/views.ts';
import { bodyReader } from '../body.ts';
import { deedOf } from '../deed.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { cannotStart, planChanged } from '../reruns/errors.ts';
import type { StartedView } from '../reruns/views.ts';
import type { Site } from '../site.ts';

interface AnnounceBody {
  readonly announcement: HandAnnouncement;
  readonly reason: string;
  readonly plan: string;
  readonly key: string;
}

const readPreview = bodyReader<{ readonly announcement: HandAnnouncement }>(bodies.announcePreview);
const readAnnounce = bodyReader<AnnounceBody>(bodies.announce);

/** Bytes of the parameters: the dispatcher reads 4 MiB. */
const bodyAtMost = 4_000_000;

/**
 * `GET /api/announcements/choices`: what can be announced. `POST /api/announcements/preview`: what the dispatcher would make
 * of an announcement; nothing is sent. `POST /api/announcements`: sends it, for operators, who say why.
 */
export function announceRoutes(site: Site): Router {
  const { access, doorkeeper } = site;
  const router = Router();
  router.get('/choices', async (_request, response) => {
    const recipes = await announcingOf(site).recipes();
    response.json({ queues: ['data-collection', 'processing_recipe'], recipes } satisfies AnnouncementChoices);
  });
  router.post('/preview', doorkeeper.needs('operator'), ...jsonBody(bodyAtMost), async (request, response) => {
    const { announcement } = readPreview(request.body);
    response.json((await previewOf(site, announcement)) satisfies AnnouncementPreview);
  });
  router.post('/', doorkeeper.needs('operator'), ...jsonBody(bodyAtMost), async (request, response) => {
    const { announcement, reason, plan, key } = readAnnounce(request.body);
    const { queue, lane = 'live', priority } = announcement;
    const preview = await previewOf(site, announcement);
    if (preview.plan !== plan) throw planChanged({ what: 'the announcement' });
    const { refused } = preview;
    if (refused) throw cannotStart({ why: `${refused.reason} ${refused.next}` });
    const run = runOfKey(key, queue);
    const deed = deedOf(request, response, { action: 'announce', subject: run, reason });
    const asked = { queue, message: messageOf(announcement), run, who: deed.who, lane };
    const answer = await access.audit.of(
      deed,
      async () => start(site, { ...asked, ...(priority === undefined ? {} : { priority }) }),
      ({ status, run: started, reason: why }) => `${status}: ${started}${why === undefined ? '' : `, ${why}`}`,
    );
    // The same key again: that is the run that was meant.
    const isOwn = answer.status === 'duplicate' && answer.run === run;
    response.json((isOwn ? { run, status: 'accepted' } : answer) satisfies StartedView);
  });
  return router;
}
