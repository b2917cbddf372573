import { Router } from 'express';
import type {
  LintedRecipe,
  Page,
  RecipeEntry,
  RecipePreview,
  RecipeTrial,
  RecipeVersionEntry,
  RecipeVersionText,
  RecipeView,
  SavedRecipe,
} from '../api.ts';
import { bodyReader } from '../body.ts';
import { pageOf, type PageQuestion } from '../cursor.ts';
import { deedOf } from '../deed.ts';
import { noSuchRun } from '../errors.ts';
import { jsonBody } from '../guards.ts';
import { bodies } from '../interface/bodies.ts';
import { questionOf } from '../question.ts';
import type { Catalogue } from '../recipes/catalogue.ts';
import { conditionOf, preview, Saver } from '../recipes/save.ts';
import { tryOn } from '../recipes/try.ts';
import type { Site } from '../site.ts';

const readText = bodyReader<{ readonly text: string }>(bodies.recipeText);
const readTrial = bodyReader<{ readonly run: string; readonly text: string }>(bodies.recipeTrial);
const readSaved = bodyReader<{ readonly text: string; readonly reason: string }>(bodies.savedRecipe);

/** A megabyte of text, in which every letter may have to be written as two. */
const bodyAtMost = 2_500_000;

/** `/api/recipes`: the recipes of the site, what is wrong with them, what they would do; and saving them, for administrators. */
export function recipeRoutes({ access, clock, doorkeeper, ledger }: Site, catalogue: Catalogue): Router {
  const saver = new Saver(catalogue, clock);
  const router = Router();
  router.get('/', async (_request, response) => {
    const { text = '', ...question } = questionOf<PageQuestion & { readonly text?: string }>(response);
    const found = (await catalogue.entries()).filter((entry) => fits(entry, text));
    response.json(pageOf('recipes', found, ({ name }) => name, question) satisfies Page<RecipeEntry>);
  });
  router.post('/lint', ...jsonBody(bodyAtMost), async (request, response) => {
    const { findings, more, recipe } = await catalogue.looker.look(readText(request.body));
    response.json({ findings, more, ...(recipe ? { recipe } : {}) } satisfies LintedRecipe);
  });
  router.get('/:name', async ({ params: { name } }, response) => {
    response.json((await catalogue.recipe(name)) satisfies RecipeView);
  });
  router.get('/:name/versions', async ({ params: { name } }, response) => {
    const versions = (await catalogue.versions(name)).map(({ text: _text, ...version }) => version);
    const page = pageOf('versions', versions, latestFirst, questionOf<PageQuestion>(response));
    response.json(page satisfies Page<RecipeVersionEntry>);
  });
  router.get('/:name/versions/:hash', async ({ params: { name, hash } }, response) => {
    response.json((await catalogue.version(name, hash)) satisfies RecipeVersionText);
  });
  router.post<{ name: string }>('/:name/preview', ...jsonBody(bodyAtMost), async (request, response) => {
    const { text } = readText(request.body);
    response.json((await preview(catalogue, request.params.name, text)) satisfies RecipePreview);
  });
  router.post<{ name: string }>(
    '/:name/try',
    doorkeeper.needs('operator'),
    ...jsonBody(bodyAtMost),
    async (request, response) => {
      const { run, text } = readTrial(request.body);
      const recorded = ledger.queries.recipe(run);
      if (!recorded) throw noSuchRun({ run: run.slice(0, 200) });
      response.json((await tryOn(catalogue, request.params.name, text, recorded)) satisfies RecipeTrial);
    },
  );
  router.put<{ name: string }>(
    '/:name',
    doorkeeper.needs('admin'),
    ...jsonBody(bodyAtMost),
    async (request, response) => {
      const { name } = request.params;
      const { text, reason } = readSaved(request.body);
      const condition = conditionOf(request.headers);
      const deed = deedOf(request, response, { action: 'save recipe', subject: name.slice(0, 200), reason });
      const saved = await access.audit.of(
        deed,
        async () => await saver.save({ name, text, who: deed.who, reason, condition }),
        ({ hash, isNew }) => `${isNew ? 'made' : 'replaced'}, now ${hash.slice(0, 12)}`,
      );
      response.json(saved satisfies SavedRecipe);
    },
  );
  return router;
}

function latestFirst({ time, hash = '' }: RecipeVersionEntry): string {
  return `${String(Number.MAX_SAFE_INTEGER - time).padStart(16, '0')} ${hash}`;
}

/** Every word stands in its name, in what it is for, in its rules or its services. */
function fits({ name, description = '', rules, services }: RecipeEntry, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/);
  const own = [name, description, ...rules.map(({ rule }) => rule), ...services.map((service) => service.name)];
  const all = own.join('\n').toLowerCase();
  return words.every((word) => all.includes(word));
}
