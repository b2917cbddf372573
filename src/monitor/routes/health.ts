import { Router } from 'express';
import type { Health } from '../api.ts';
import type { Site } from '../site.ts';

/** `GET /api/health`: whether all is well. The status is 200 whatever was found: it is the monitor that answers. */
export function healthRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    response.json(site.health() satisfies Health);
  });
}
