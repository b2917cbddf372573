import { Router } from 'express';
import { tooMany } from '../errors.ts';
import type { Site } from '../site.ts';

/** `GET /api/events`: what happens, as server-sent events; see `LiveEvent`. */
export function eventRoutes(site: Site): Router {
  return Router().get('/', (request, response) => {
    if (site.live.isFull) throw tooMany({ what: 'listeners on /api/events', limit: site.live.listeners });
    response.set({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    if (request.method === 'HEAD') return void response.end();
    response.socket?.setNoDelay(true);
    response.flushHeaders();
    site.live.join(response, () => site.doorkeeper.stillMay(request, 'viewer'), request.get('last-event-id'));
  });
}
