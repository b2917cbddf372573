import { Router } from 'express';
import type { AnnouncementCounts } from '../api.ts';
import type { Site } from '../site.ts';

/** `GET /api/announcements`: how many there were, and what became of them. */
export function announcementRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    response.json(site.ledger.queries.announcements() satisfies AnnouncementCounts);
  });
}
