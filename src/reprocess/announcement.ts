import { hostname } from 'node:os';
import { digest, type JsonObject } from '../core/json.ts';
import type { RunRecipe } from '../ledger/views.ts';
import { names } from '../services/names.ts';
import type { Destinations } from '../services/names.ts';
import type { Outgoing } from '../stomp/client.ts';
import type { BackfillRequest, RecipeChoice } from './views.ts';

/**
 * The id of the run that repeats another for a back-fill: always the same for the two. The announcement may so be sent
 * again when nobody knows whether it arrived: the dispatcher starts a run of that id once.
 */
export function runIdOf(backfill: string, source: string): string {
  return `${backfill}-${digest('backfill', backfill, source).slice(0, 16)}`;
}

/** Who asks for it, and as what it runs. */
export interface Repetition {
  readonly run: string;
  readonly creator: string;
  readonly request: Pick<BackfillRequest, 'recipe' | 'parameters'>;
}

/** The announcement that repeats a run; undefined where what it was made from is not kept any more. */
export function announcementOf(
  stored: Pick<RunRecipe, 'run' | 'parameters' | 'sources'>,
  { run, creator, request }: Repetition,
  destinations: Destinations,
): Outgoing | undefined {
  const recipes = recipesOf(stored.sources, request.recipe);
  if (!recipes) return undefined;
  const parameters = { ...stored.parameters, ...request.parameters, guid: run };
  const body: JsonObject = { rerun: { of: stored.run, recipes }, parameters };
  return {
    destination: destinations.queue(names.reruns),
    headers: { 'baton-lane': 'reprocessing', 'zocalo.go.user': creator, 'zocalo.go.host': hostname() },
    body: JSON.stringify(body),
  };
}

/** As the dispatcher takes them: with their texts where they are to be as they were. */
function recipesOf(sources: RunRecipe['sources'], choice: RecipeChoice): readonly JsonObject[] | undefined {
  // What the rules added for the run, the other recipe is given as well.
  if (choice.use === 'named') return [{ name: choice.name, ...addedBy(sources ?? []) }];
  if (!sources || sources.length === 0) return undefined;
  const recipes = sources.flatMap(({ name, text, parameters }): readonly JsonObject[] => {
    const added = parameters === undefined ? {} : { parameters };
    if (choice.use === 'current') return [{ name, ...added }];
    return text === undefined ? [] : [{ name, text, ...added }];
  });
  return recipes.length === sources.length ? recipes : undefined;
}

function addedBy(sources: NonNullable<RunRecipe['sources']>): JsonObject {
  const added = Object.fromEntries(sources.flatMap(({ parameters }) => Object.entries(parameters ?? {})));
  return Object.keys(added).length === 0 ? {} : { parameters: added };
}
