import type { Config } from '../config/config.ts';
import { messageOf } from '../core/errors.ts';
import type { JsonObject } from '../core/json.ts';
import type { Recipe } from '../recipes/recipe.ts';
import { runTrial, type Trial } from './trial.ts';

/** What the process is told to try. */
export interface TrialWish {
  readonly config: Config;
  /** As written, and filled in with the parameters. */
  readonly source: JsonObject;
  readonly recipe: JsonObject;
  readonly parameters: JsonObject;
  readonly seconds: number;
}

/** What it answers. */
export type TrialAnswer = { readonly trial: Trial } | { readonly failure: string };

/** The process of one trial. It ends with it, or with who has asked. */
process.once('disconnect', () => process.exit(1));
process.once('message', (wish) => {
  void answerTo(wish as TrialWish).then((answer) => process.send?.(answer, () => process.exit(0)));
});

async function answerTo({ config, source, recipe, parameters, seconds }: TrialWish): Promise<TrialAnswer> {
  try {
    const trial = await runTrial({
      // The recipe travels with the announcement: what stands in the folder is not asked.
      config: { ...config, announcements: { ...config.announcements, customRecipes: true } },
      message: { custom_recipe: source, parameters },
      recipe: recipe as Recipe,
      live: [],
      outputs: {},
      seconds,
    });
    return { trial };
  } catch (error) {
    return { failure: messageOf(error) };
  }
}
