import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { JsonObject } from '../core/json.ts';
import type { RunRecipe } from '../monitor/api.ts';
import { names } from '../services/names.ts';
import { announceNow } from './announce.ts';
import { withMonitor } from './ask-monitor.ts';
import { usage } from './errors.ts';
import { configOf, priority, runId, seconds, withCommon } from './options.ts';
import { output } from './output.ts';
import { keptSources, sourcesOf, storedRecipe, type StoredOptions } from './stored-recipe.ts';
import { userName } from './user.ts';

interface RerunOptions extends StoredOptions {
  readonly current?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly priority?: string;
}

/** `baton rerun RUN`: the same recipes with the same parameters, as a new run. */
export function rerunCommand(program: Command): void {
  withMonitor(withCommon(program.command('rerun').argument('<run>', 'the run', runId)))
    .description('repeat a run, with the recipes as they were, behind live work')
    .option('--current', 'with the recipes as they are now')
    .option('--wait', 'wait for the final answer: exit 0 only when the run finished')
    .option('--timeout <seconds>', 'how long to wait', seconds, 3600)
    .option('--priority <0-9>', 'priority of every message of the run; without it, that of reprocessing', priority)
    .action(async (run: string, options: RerunOptions) => {
      const out = output(options.json === true);
      const stored = await storedRecipe(run, options);
      const message = rerunOf(stored, randomUUID(), options.current === true);
      if (stored.state === 'running') out.say(`${run} is running still; \`baton cancel\` ends it.`);
      const headers = {
        'zocalo.go.user': userName(),
        'zocalo.go.host': hostname(),
        'baton-lane': 'reprocessing',
        ...(options.priority === undefined ? {} : { priority: options.priority }),
      };
      const announcement = { queue: names.reruns, message, headers };
      await announceNow(await configOf(options), announcement, options, out);
    });
}

/** The announcement that repeats a run under a new id. What it waited for was there, and its rules are not asked again. */
function rerunOf(stored: RunRecipe, id: string, isCurrent: boolean): JsonObject {
  const sources = isCurrent ? sourcesOf(stored) : keptSources(stored);
  if (isCurrent && sources.some(({ name }) => name === 'custom_recipe'))
    throw usage({ problem: `The recipe of ${stored.run} came with its announcement: there is none of today` });
  const recipes = sources.map(({ name, text, parameters }) => ({
    name,
    ...(isCurrent || text === undefined ? {} : { text }),
    ...(parameters === undefined ? {} : { parameters }),
  }));
  return { rerun: { of: stored.run, recipes }, parameters: { ...stored.parameters, guid: id } };
}
