import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Log } from '../core/log.ts';
import { Library } from '../dispatcher/library.ts';
import { aboutOf, type About } from '../dispatcher/request.ts';
import type { JsonObject } from '../core/json.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { isRecipeName } from '../recipes/recipe-name.ts';
import { Reprocessing } from '../reprocess/reprocessing.ts';
import type { Client } from '../stomp/client.ts';
import { installedServices } from './site-facts.ts';

/** What repeats runs in bulk, started: beside the ledger, which tells it what became of them. */
export async function reprocessingPart(
  config: Config,
  { client, ledger, log }: { readonly client: Client; readonly ledger: Ledger; readonly log: Log },
): Promise<Reprocessing> {
  const library = new Library(config.recipes);
  const { runsPerMinute, atOnce, ...rules } = config.reprocessing;
  const reprocessing = new Reprocessing({
    ...{ client, ledger, log, rules, pace: { runsPerMinute, atOnce } },
    folder: join(config.store, 'reprocess'),
    // A name that is none would leave the folder.
    recipeText: async (name) => await library.text(isRecipeName(name) ? name : ''),
    services: await installedServices(config),
    aboutOf: (parameters) => aboutIn(parameters, config),
  });
  reprocessing.start();
  return reprocessing;
}

/** Of an announcement that was refused, perhaps because just these parameters are no text. */
function aboutIn(parameters: JsonObject, { announcements }: Config): About {
  try {
    return aboutOf(parameters, announcements.fields);
  } catch {
    return {};
  }
}
