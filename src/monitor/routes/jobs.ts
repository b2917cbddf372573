import { Router } from 'express';
import type { JobsView, QueuedView } from '../api.ts';
import { atPlace, withCursor, type PageQuestion } from '../cursor.ts';
import { placeForm, type JobFilter } from '../jobs/job-list.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

/** `GET /api/jobs`: the programs that run and wait, where they can run, and what holds them up. */
export function jobRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    const { cursor, limit, ...filter } = atPlace('jobs', questionOf<JobFilter & PageQuestion>(response), placeForm);
    const page = site.watches.jobs.page(filter, { limit, ...(cursor === undefined ? {} : { after: cursor }) });
    response.json(withCursor('jobs', { ...page, queued: queuedFor(site) }) satisfies JobsView);
  });
}

/** What waits with the broker, and is no job yet. */
function queuedFor(site: Site): readonly QueuedView[] {
  const { queues } = site.watches.jobs;
  return site
    .queues()
    .filter(({ name }) => queues.has(name))
    .map(({ name, waiting, consumers }) => ({ queue: name, waiting, consumers }));
}
