import { canonical, digest, type JsonObject } from '../../core/json.ts';
import { BatonError } from '../../core/errors.ts';
import type { Queries } from '../../ledger/queries.ts';
import type { RunRecipe } from '../../ledger/views.ts';
import { counterpart } from '../../recipes/diff.ts';
import type { Recipe } from '../../recipes/recipe.ts';
import { beginningsOf, type Beginning } from '../../recipes/route.ts';
import { names } from '../../services/names.ts';
import type { AnnouncingSite, PlannedAnnouncement } from '../announcing/announcing-site.ts';
import { noSuchRun } from '../errors.ts';
import { changesOf, edited } from './edited.ts';
import { cannotStart, notKept } from './errors.ts';
import type { KnownRun } from './lineage.ts';
import { messagesOf } from './part.ts';
import { recipesOf, type WishedRecipe } from './recipes.ts';
import { beginsOf, stepsOf } from './steps.ts';
import type { RerunPreview, RerunWish } from './views.ts';

/** What a rerun is, exactly: the announcement that starts it, without the id of the new run, and what that means. */
export interface RerunPlan {
  readonly message: { readonly rerun: JsonObject; readonly parameters: JsonObject };
  readonly preview: RerunPreview;
}

/** Bytes of an announcement of a rerun: the dispatcher reads 16 MiB. */
const largest = 12 * 1024 * 1024;
/** Messages of a run that are looked through for a part of it: more would hold up the ledger for seconds. */
const mostLooked = 50_000;
/** Priority of what is repeated where nothing is said: behind live work. */
const usualPriority = 2;

/**
 * Plans the rerun of a run. Nothing is sent. Throws `monitor.no-such-run`, `reruns.not-kept`, `reruns.nothing-left`
 * and `reruns.cannot-start`.
 */
export async function planRerun(
  queries: Queries,
  id: string,
  wish: RerunWish,
  site: AnnouncingSite,
): Promise<RerunPlan> {
  const stored = queries.recipe(id);
  if (!stored) throw noSuchRun({ run: id.slice(0, 200) });
  const parameters = edited(stored.parameters, wish);
  const recipes = await recipesOf(stored, wish, site);
  const rerun = { of: stored.run, recipes: recipes.map(wireOf) };
  const planned = await orRefused(site.plan(names.reruns, { rerun, parameters }));
  const beginnings = wish.part === 'whole' ? undefined : partOf(queries, stored, wish, planned.recipe);
  const message = { rerun: { ...rerun, ...(beginnings ? { messages: beginnings.map(plain) } : {}) }, parameters };
  const bytes = Buffer.byteLength(JSON.stringify(message));
  if (bytes > largest)
    throw notKept({
      run: id,
      why: `its messages are ${String(bytes)} bytes together, more than one announcement takes.`,
    });
  const preview = await previewOf({ stored, wish, recipes, planned, beginnings, message }, site);
  return { message, preview };
}

interface Planned {
  readonly stored: RunRecipe;
  readonly wish: RerunWish;
  readonly recipes: readonly WishedRecipe[];
  readonly planned: PlannedAnnouncement;
  readonly beginnings: readonly Beginning[] | undefined;
  readonly message: RerunPlan['message'];
}

async function previewOf(
  { stored, wish, recipes, planned: { recipe }, beginnings, message }: Planned,
  site: AnnouncingSite,
): Promise<RerunPreview> {
  const begins = beginnings ?? (recipe ? beginningsOf(recipe) : []);
  const texts = recipes.map(({ name, text }) => ({ name, text }));
  return {
    ...{ run: stored.run, state: stored.state, wish },
    messages: begins.length,
    steps: recipe ? stepsOf(recipe, begins) : [],
    begins: beginsOf(begins),
    recipes: recipes.map(({ told }) => told),
    parameters: message.parameters,
    changes: changesOf(stored.parameters, message.parameters),
    fields: await site.fields(texts, message.parameters),
    priority: wish.priority ?? usualPriority,
    notes: [...notesOf(stored, wish, begins)],
    plan: digest(canonical(message), wish.priority ?? usualPriority),
  };
}

/** The messages that a part begins with, by the numbers of the steps as they are in the recipe that will be followed. */
function partOf(
  queries: Queries,
  { run: id }: RunRecipe,
  wish: RerunWish,
  recipe: Recipe | undefined,
): readonly Beginning[] {
  const sent = queries.summary(id)?.sent ?? 0;
  if (sent > mostLooked)
    throw notKept({
      run: id,
      why: `of its ${String(sent)} messages more would have to be looked through than ${String(mostLooked)}.`,
    });
  const run = queries.messages(id);
  if (!run?.recipe || !recipe)
    throw notKept({ run: id, why: 'the recipe that it followed is not kept, or too large.' });
  const known: KnownRun = { ...run, recipe: run.recipe };
  const part =
    wish.part === 'failed' ? ({ part: 'failed' } as const) : ({ part: 'from', step: wish.step ?? 0 } as const);
  // What is edited may name queues: the same recipes have the same numbers, whatever they are filled in with.
  const now = wish.recipe === 'stored' ? (step: number): number => step : counterpart(run.recipe, recipe);
  return messagesOf(known, part).map(({ step, payload = null, overErrorLink }) => {
    const to = now(step);
    if (to !== undefined) return { step: to, payload, ...(overErrorLink ? { overErrorLink } : {}) };
    throw cannotStart({ why: `step ${String(step)} of the run has no counterpart in the recipe as it is now.` });
  });
}

function* notesOf(
  { run, state, parameters }: RunRecipe,
  wish: RerunWish,
  begins: readonly Beginning[],
): Generator<string> {
  if (state === 'running') {
    const twice = wish.part === 'failed' ? ' What still waits in it would be done in both.' : '';
    yield `${run} is running still; cancel it if it is not to go on.${twice}`;
  }
  if (begins.length === 0) yield 'There is nothing to run: the new run ends at once.';
  if (wish.part !== 'whole' && changesOf(parameters, edited(parameters, wish)).length > 0)
    yield 'The payloads of these messages are as they were: only what the recipe hands to its steps follows the edited parameters.';
}

function wireOf({ name, text, parameters }: WishedRecipe): JsonObject {
  return { name, text, ...(parameters === undefined ? {} : { parameters }) };
}

function plain({ step, payload, overErrorLink }: Beginning): JsonObject {
  return { step, payload, ...(overErrorLink === true ? { overErrorLink } : {}) };
}

/** What the dispatcher would refuse is no fault of the monitor. */
async function orRefused<Value>(planning: Promise<Value>): Promise<Value> {
  return await planning.catch((error: unknown) => {
    if (error instanceof BatonError) throw cannotStart({ why: `${error.message} ${error.next}` }, { cause: error });
    throw error;
  });
}
