import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import type { JsonObject } from '../core/json.ts';
import { Library } from '../dispatcher/library.ts';
import { instantiate, type Instantiated } from '../dispatcher/instantiate.ts';
import { choose, type Plan } from '../dispatcher/plan.ts';
import { parseRequest, ruledQueue, type Request } from '../dispatcher/request.ts';
import { checkMessages } from '../dispatcher/rerun.ts';
import type { Recipe } from '../recipes/recipe.ts';

/** The queue that an announcement belongs to: one that names no recipes leaves them to the rules. */
export function announcementQueue(message: JsonObject): string {
  return 'recipes' in message || 'custom_recipe' in message ? 'processing_recipe' : ruledQueue;
}

/** What would start: no recipe where there is nothing to run. */
interface PlannedRun {
  readonly plan: Plan;
  readonly recipe: Recipe | undefined;
}

/** What the dispatcher would make of an announcement, by its own parts; nothing is sent. Throws what it would refuse it with. */
export async function plannedRun(message: JsonObject, config: Config): Promise<PlannedRun> {
  const { plan, instantiated } = await plannedOn(announcementQueue(message), message, config);
  return { plan, recipe: instantiated?.recipe };
}

/** What would be chosen for an announcement: the recipes are not looked at. Throws what the choice would be refused with. */
export async function plannedChoice(message: JsonObject, config: Config, library: Library): Promise<Plan> {
  return await choiceOf(readRequest(announcementQueue(message), message, config), config, library);
}

/** What would start for an announcement on any queue that the dispatcher reads. */
export async function plannedOn(
  queue: string,
  message: JsonObject,
  config: Config,
): Promise<{ readonly plan: Plan; readonly instantiated: Instantiated | undefined }> {
  const library = new Library(config.recipes);
  const request = readRequest(queue, message, config);
  const plan = await choiceOf(request, config, library);
  const instantiated = await instantiate(plan, library);
  if (request.rerun) checkMessages(request.rerun, instantiated?.recipe);
  return { plan, instantiated };
}

function readRequest(queue: string, message: JsonObject, { announcements }: Config): Request {
  return parseRequest(queue, {}, JSON.stringify(message), { names: announcements.fields });
}

async function choiceOf(request: Request, { announcements }: Config, library: Library): Promise<Plan> {
  return await choose(request, request.guid ?? randomUUID(), library, announcements.customRecipes);
}
