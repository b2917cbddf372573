import { Router } from 'express';
import type { Site } from '../site.ts';

/** `GET /api/schemas/recipe`: the JSON Schema of recipes, with the parameters of the services installed here. */
export function schemaRoutes(site: Site): Router {
  return Router().get('/recipe', (_request, response) => {
    response.type('application/schema+json').send(JSON.stringify(site.recipeSchema));
  });
}
