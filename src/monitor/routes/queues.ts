import { Router } from 'express';
import type { QueueView } from '../api.ts';
import type { Site } from '../site.ts';

/** `GET /api/queues`: the broker's queues as it last told of them. */
export function queueRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    response.json(site.queues() satisfies readonly QueueView[]);
  });
}
