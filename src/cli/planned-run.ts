import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { JsonObject } from '../core/json.ts';
import { Library } from '../dispatcher/library.ts';
import { instantiate } from '../dispatcher/instantiate.ts';
import { choose, type Plan } from '../dispatcher/plan.ts';
import { parseRequest, ruledQueue } from '../dispatcher/request.ts';
import type { Recipe } from '../recipes/recipe.ts';

/** The queue that an announcement belongs to: one that names no recipes leaves them to the rules. */
export function announcementQueue(message: JsonObject): string {
  return 'recipes' in message || 'custom_recipe' in message ? 'processing_recipe' : ruledQueue;
}

/**
 * What the dispatcher would make of an announcement, by its own parts; nothing is sent. No recipe where there is nothing
 * to run. Throws what it would refuse the announcement with.
 */
export async function plannedRun(
  message: JsonObject,
  { recipes, announcements }: Config,
): Promise<{ readonly plan: Plan; readonly recipe: Recipe | undefined }> {
  const library = new Library(recipes);
  const names = announcements.fields;
  const request = parseRequest(announcementQueue(message), {}, JSON.stringify(message), { names });
  const plan = await choose(request, request.guid ?? randomUUID(), library, announcements.customRecipes);
  return { plan, recipe: (await instantiate(plan, library))?.recipe };
}
