import { Router } from 'express';
import type { ServiceView } from '../api.ts';
import type { Site } from '../site.ts';

/** `GET /api/services`: the services that send heartbeats, those recently lost among them. */
export function serviceRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    response.json(site.services() satisfies readonly ServiceView[]);
  });
}
