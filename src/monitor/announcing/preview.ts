import { BatonError } from '../../core/errors.ts';
import { canonical, digest, type JsonObject } from '../../core/json.ts';
import { beginningsOf } from '../../recipes/route.ts';
import { beginsOf, stepsOf } from '../reruns/steps.ts';
import type { Site } from '../site.ts';
import type { AnnouncingSite, PlannedAnnouncement, RecipeText, RuleVerdict } from './announcing-site.ts';
import { announcingOf } from './start.ts';
import type { AnnouncementPreview, HandAnnouncement } from './views.ts';

/** The announcement as it is sent, but for the id of its run. */
export function messageOf({
  queue,
  recipes,
  parameters,
}: HandAnnouncement): { readonly parameters: JsonObject } & JsonObject {
  const { guid: _guid, ...given } = parameters;
  return queue === 'processing_recipe' ? { recipes: recipes ?? [], parameters: given } : { parameters: given };
}

/** What the dispatcher would make of the announcement, by its own parts. Nothing is sent. */
export async function previewOf(site: Site, announcement: HandAnnouncement): Promise<AnnouncementPreview> {
  const announcing = announcingOf(site);
  const message = messageOf(announcement);
  const { queue } = announcement;
  const [rules, planned] = await Promise.all([
    verdictsOf(announcing, announcement),
    plannedOf(announcing, queue, message),
  ]);
  const { recipe, recipes, chosen, waits } = planned.plan;
  const begins = recipe ? beginningsOf(recipe) : [];
  const texts = chosen.length > 0 ? chosen : await namedTexts(announcing, announcement);
  const { refused } = planned;
  return {
    ...{ recipes, rules, waits },
    ...(refused ? { refused } : {}),
    messages: begins.length,
    steps: recipe ? stepsOf(recipe, begins) : [],
    begins: beginsOf(begins),
    fields: await announcing.fields(texts, message.parameters),
    findings: await findingsOf(site, texts, message.parameters),
    plan: digest(canonical([queue, message, texts.map(({ text }) => text), refused?.reason ?? null])),
  };
}

interface Outcome {
  readonly plan: PlannedAnnouncement;
  readonly refused?: NonNullable<AnnouncementPreview['refused']>;
}

const nothing: PlannedAnnouncement = { recipes: [], chosen: [], waits: [] };

async function plannedOf(announcing: AnnouncingSite, queue: string, message: JsonObject): Promise<Outcome> {
  try {
    return { plan: await announcing.plan(queue, message) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    return { plan: nothing, refused: { reason: error.message, next: error.next } };
  }
}

/** Of rules that cannot be read the refusal tells. */
async function verdictsOf(
  announcing: AnnouncingSite,
  { queue, parameters }: HandAnnouncement,
): Promise<readonly RuleVerdict[]> {
  if (queue !== 'data-collection') return [];
  return await announcing.explain(parameters).catch((error: unknown) => {
    if (error instanceof BatonError) return [];
    throw error;
  });
}

/** The recipes that were named, as far as there are such: what is refused has parameters to be corrected, too. */
async function namedTexts(
  announcing: AnnouncingSite,
  { recipes = [] }: HandAnnouncement,
): Promise<readonly RecipeText[]> {
  const known = new Set(await announcing.recipes());
  const named = recipes.filter((name) => known.has(name));
  return await Promise.all(named.map(async (name) => ({ name, text: await announcing.text(name) })));
}

async function findingsOf(
  { recipes: catalogue }: Site,
  texts: readonly (RecipeText & { readonly parameters?: JsonObject })[],
  given: JsonObject,
): Promise<AnnouncementPreview['findings']> {
  if (!catalogue) return [];
  const looked = texts.map(async ({ name, text, parameters = given }) => {
    const { findings } = await catalogue.looker.look({ text, parameters });
    return findings.map((finding) => ({ recipe: name, ...finding }));
  });
  return (await Promise.all(looked)).flat().slice(0, findingsAtMost);
}

const findingsAtMost = 100;
