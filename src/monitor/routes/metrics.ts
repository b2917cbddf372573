import { Router } from 'express';
import { createMetrics } from '../metrics.ts';
import type { Site } from '../site.ts';

/** `GET /metrics`: figures for Prometheus. */
export function metricsRoutes(site: Site): Router {
  const registry = createMetrics(site);
  return Router().get('/', async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics());
  });
}
