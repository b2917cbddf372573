import { Router } from 'express';
import type { Page, ServiceView } from '../api.ts';
import { pageOf, type PageQuestion } from '../cursor.ts';
import { questionOf } from '../question.ts';
import type { Site } from '../site.ts';

/** `GET /api/services`: the services that send heartbeats, those recently lost among them. */
export function serviceRoutes(site: Site): Router {
  return Router().get('/', (_request, response) => {
    const question = questionOf<PageQuestion>(response);
    response.json(pageOf('services', site.services(), keyOf, question) satisfies Page<ServiceView>);
  });
}

function keyOf({ host, service, serviceClass }: ServiceView): string {
  return JSON.stringify([host, service, serviceClass]);
}
