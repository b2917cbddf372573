import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { BatonError } from '../core/errors.ts';
import { Library } from '../dispatcher/library.ts';
import type { RecipeSite } from '../monitor/recipes/recipe-site.ts';
import { dryRunner } from './dry-run.ts';
import { explanationOf } from './explanation.ts';
import { plannedChoice } from './planned-run.ts';
import { configuredSite } from './site-facts.ts';

/** The recipes of this configuration, as the page shows and tries them: by the parts that the dispatcher and the commands use. */
export async function recipeSite(config: Config): Promise<RecipeSite> {
  const library = new Library(config.recipes);
  return {
    folder: config.recipes,
    history: join(config.store, 'recipes'),
    mayBeSaved: config.page.editRecipes,
    facts: await configuredSite(config),
    rules: async () =>
      (await library.rules()).map(({ name: rule, description, line, recipes }) => ({
        ...{ rule, line, recipes },
        ...(description === undefined ? {} : { description }),
      })),
    choose: async (parameters) => {
      const message = { parameters };
      const plan = async () => await plannedChoice(message, config, library);
      try {
        const { explanation, plan: planned } = await explanationOf(message, config, plan);
        return { choice: explanation, chosen: planned?.chosen ?? [] };
      } catch (error) {
        if (!(error instanceof BatonError)) throw error;
        // There are no rules, or they cannot be used: every announcement would be refused.
        const { message: reason, next } = error;
        return {
          choice: { fired: [], silent: [], recipes: [], waits: [], refused: { message: reason, next } },
          chosen: [],
        };
      }
    },
    dryRun: dryRunner(config),
  };
}
