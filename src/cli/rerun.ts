import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Option, type Command } from 'commander';
import type { JsonObject } from '../core/json.ts';
import type { RerunPreview, RerunWish } from '../monitor/api.ts';
import { names } from '../services/names.ts';
import { announceNow } from './announce.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { usage } from './errors.ts';
import { configOf, priority, runId, seconds, stepNumber, withCommon } from './options.ts';
import { output } from './output.ts';
import { objectIn, parametersFrom, withSet } from './parameters.ts';
import { previewLines } from './rerun-preview.ts';
import { userName } from './user.ts';

interface RerunOptions extends MonitorOptions {
  readonly failed?: boolean;
  readonly from?: number;
  readonly current?: boolean;
  readonly set: readonly string[];
  readonly parameters?: string;
  readonly dryRun?: boolean;
  readonly wait?: boolean;
  readonly timeout: number;
  readonly priority?: string;
}

/** `baton rerun RUN`: a run, or a part of it, as a new run. */
export function rerunCommand(program: Command): void {
  withSet(withMonitor(withCommon(program.command('rerun').argument('<run>', 'the run', runId))))
    .description('repeat a run or a part of it, with the recipes as they were, behind live work')
    .addOption(
      new Option('--failed', 'only what ended badly or not at all, with what joins need of the rest').conflicts('from'),
    )
    .option('--from <step>', 'only what this step was sent, and all that follows', stepNumber)
    .option('--current', 'with the recipes as they are now')
    .option(
      '--parameters <file>',
      'parameters that take the place of those of the run, as a JSON file; - is standard input',
    )
    .option('--dry-run', 'show what would start, and start nothing')
    .option('--wait', 'wait for the final answer: exit 0 only when the run finished')
    .option('--timeout <seconds>', 'how long to wait', seconds, 3600)
    .option('--priority <0-9>', 'priority of every message of the run; without it, that of reprocessing', priority)
    .action(async (run: string, options: RerunOptions) => {
      const out = output(options.json === true);
      const preview = await previewOf(run, options);
      if (options.dryRun === true) {
        const { announcement: _announcement, ...told } = preview;
        return out.result(told, () => previewLines(preview));
      }
      for (const note of preview.notes) out.say(note);
      const headers = {
        'zocalo.go.user': userName(),
        'zocalo.go.host': hostname(),
        'baton-lane': 'reprocessing',
        ...(options.priority === undefined ? {} : { priority: options.priority }),
      };
      const message = withId(preview, randomUUID());
      await announceNow(await configOf(options), { queue: names.reruns, message, headers }, options, out);
    });
}

async function previewOf(run: string, options: RerunOptions): Promise<RerunPreview> {
  const { failed, from, current, parameters: file } = options;
  const set = { ...(file === undefined ? {} : await objectIn(file, 'The parameters')), ...parametersFrom(options.set) };
  const wish: RerunWish = {
    ...(failed === true ? { part: 'failed' } : from === undefined ? { part: 'whole' } : { part: 'from', step: from }),
    recipe: current === true ? 'current' : 'stored',
    ...(Object.keys(set).length === 0 ? {} : { set }),
  };
  const path = `/api/runs/${encodeURIComponent(run)}/rerun/preview`;
  return await askMonitor<RerunPreview>(await monitorOf(options), path, { wish, announcement: true });
}

/** The announcement that starts what was planned, as a run of that id. */
function withId({ announcement, parameters }: RerunPreview, id: string): JsonObject {
  if (!announcement) throw usage({ problem: 'The monitor is of another release: it does not tell what to announce' });
  return { ...announcement, parameters: { ...parameters, guid: id } };
}
