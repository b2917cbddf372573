import { Router } from 'express';
import type { Page, QueueView } from '../api.ts';
import { pageOf, type PageQuestion } from '../cursor.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

/** `GET /api/queues`: the broker's queues as it last told of them. */
export function queueRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    const question = questionOf<PageQuestion>(response);
    response.json(pageOf('queues', site.queues(), ({ name }) => name, question) satisfies Page<QueueView>);
  });
}
