import { Router } from 'express';
import type { JsonObject } from '../../core/json.ts';

/** `GET /api/openapi.json`: what can be asked for and done, for programs that make clients of it. */
export function openApiRoutes(description: JsonObject): Router {
  return Router().get('/', (_request, response) => {
    response.json(description);
  });
}
