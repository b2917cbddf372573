import type { JsonObject } from '../core/json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { stepNumbers, type Recipe } from '../recipes/recipe.ts';
import { readRecipe } from '../recipes/read.ts';
import { recipeHash } from '../recipes/hash.ts';
import type { DescribedService } from '../recipes/schema.ts';
import { noRecipe } from './errors.ts';
import { estimate, typicalOf, type Typical } from './estimate.ts';
import { find, type AboutOf, type Found, type Source } from './find.ts';
import { checkParameters, parameterFields, type RecipeText } from './parameter-fields.ts';
import type { BackfillPreview, BackfillRequest, Estimate, SourceRun } from './views.ts';

export interface PreviewOptions {
  readonly ledger: Ledger;
  /** The text of a recipe as it is now; rejects where there is none. */
  readonly recipeText: (name: string) => Promise<string>;
  /** For what the parameters of recipes may be. */
  readonly services: readonly DescribedService[];
  readonly aboutOf: AboutOf;
}

/** Runs shown of a preview. */
const shown = 100;
/** Announcements looked at for the values that parameters had. */
const looked = 200;
/** Runs of a recipe from which it is known what another takes. */
const recent = 50;

/** Finds out what a back-fill would be. */
export class Previews {
  readonly #options: PreviewOptions;
  #last = Promise.resolve();

  constructor(options: PreviewOptions) {
    this.#options = options;
  }

  /** Throws `reprocess.bad-numbers`, `reprocess.too-many`, `reprocess.no-recipe` and `reprocess.bad-parameter`. */
  async preview(request: BackfillRequest): Promise<BackfillPreview> {
    const { found, estimate: size, recipes } = await this.plan(request);
    const announcements = found.sources.slice(0, looked).map((source) => this.#parametersOf(source));
    const { leftOut, gaps, digest } = found;
    const changedRecipes = request.recipe.use === 'named' ? undefined : await this.#changedRecipes(found.sources);
    return {
      estimate: size,
      runs: found.sources.slice(0, shown).map(shownOf),
      leftOut,
      ...(gaps === undefined || gaps === '' ? {} : { gaps }),
      fields: parameterFields(recipes, this.#options.services, announcements),
      ...(changedRecipes === undefined ? {} : { changedRecipes }),
      digest,
    };
  }

  /** The runs, how much they are, and the recipes they will follow; throws as `preview` does. */
  async plan(
    request: BackfillRequest,
  ): Promise<{ readonly found: Found; readonly estimate: Estimate; readonly recipes: readonly RecipeText[] }> {
    const { ledger, aboutOf, services } = this.#options;
    const { selection, recipe, pace, parameters } = request;
    const named = recipe.use === 'named' ? await this.#named(recipe.name) : undefined;
    const found = await this.#alone(async () => await find(ledger.past, selection, recipe, aboutOf));
    const recipes = named ? [named] : await this.#recipesOf(found.sources, recipe.use);
    checkParameters(parameters, recipes, services);
    return { found, estimate: estimate(found.sources, pace, named && this.#typical(named)), recipes };
  }

  /** Going through a large ledger takes seconds of the ledger's own process: one at a time, however often it is asked for. */
  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = promise;
    await before;
    try {
      return await work();
    } finally {
      resolve();
    }
  }

  async #named(name: string): Promise<RecipeText> {
    return { name, text: await this.#text(name) };
  }

  async #text(name: string): Promise<string> {
    return await this.#options.recipeText(name).catch((cause: unknown) => {
      throw noRecipe({ name }, { cause });
    });
  }

  /** Of each recipe the version that is to be followed, or those that are. */
  async #recipesOf(sources: readonly Source[], use: 'stored' | 'current' | 'named'): Promise<readonly RecipeText[]> {
    const versions = new Map<string, { readonly name: string; readonly run: string }>();
    for (const { run, sources: recipes } of sources)
      for (const { name, hash } of recipes) {
        const version = use === 'current' ? name : `${name} ${hash}`;
        if (!versions.has(version)) versions.set(version, { name, run });
      }
    const texts: RecipeText[] = [];
    for (const { name, run } of [...versions.values()].slice(0, recent)) {
      const text = use === 'current' ? await this.#text(name) : this.#keptText(run, name);
      if (text !== undefined) texts.push({ name, text });
    }
    return texts;
  }

  #keptText(run: string, name: string): string | undefined {
    return this.#options.ledger.queries.recipe(run)?.sources?.find((source) => source.name === name)?.text;
  }

  #parametersOf({ run, parameters }: Source): JsonObject {
    return parameters ?? this.#options.ledger.queries.recipe(run)?.parameters ?? {};
  }

  #typical({ name, text }: RecipeText): Typical {
    const { items } = this.#options.ledger.queries.runs({ text: name, state: 'finished', limit: recent });
    const { recipe } = readRecipe(text, `${name}.json`);
    const runs = items.filter(({ recipes }) => recipes.length === 1 && recipes[0] === name);
    return typicalOf(runs, stepNumbers(recipe as Recipe).length);
  }

  /** Recipes of the runs that mean something else today, or are no more, each with a run to compare it by. */
  async #changedRecipes(sources: readonly Source[]): Promise<NonNullable<BackfillPreview['changedRecipes']>> {
    const today = new Map<string, string | undefined>();
    const changed = new Map<string, { readonly name: string; runs: number; readonly example: string }>();
    for (const { run, sources: recipes } of sources)
      for (const { name, hash } of recipes) {
        if (name === 'custom_recipe') continue;
        if (!today.has(name)) today.set(name, await this.#hashToday(name));
        if (today.get(name) === hash) continue;
        const known = changed.get(name) ?? { name, runs: 0, example: run };
        changed.set(name, { ...known, runs: known.runs + 1 });
      }
    return [...changed.values()];
  }

  async #hashToday(name: string): Promise<string | undefined> {
    try {
      return recipeHash(readRecipe(await this.#options.recipeText(name), `${name}.json`).recipe);
    } catch {
      return undefined;
    }
  }
}

function shownOf({
  messages: _messages,
  steps: _steps,
  seconds: _seconds,
  sources: _sources,
  parameters: _parameters,
  ...run
}: Source): SourceRun {
  return run;
}
