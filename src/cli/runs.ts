import { Option, type Command } from 'commander';
import { colours } from './colours.ts';
import { plural } from '../core/plural.ts';
import type { Page, RunDetail, RunState, RunSummary, StepView } from '../monitor/api.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { runId, wholeNumber, withCommon } from './options.ts';
import { output } from './output.ts';
import { table } from './table.ts';

interface RunsOptions extends MonitorOptions {
  readonly state?: string;
  readonly beamline?: string;
  readonly overBudget?: boolean;
  readonly limit: number;
}

const states: readonly RunState[] = ['running', 'finished', 'failed', 'cancelled'];

/** `baton runs` and `baton run ID`: what the ledger knows, asked of the monitor. */
export function runCommands(program: Command): void {
  withMonitor(withCommon(program.command('runs')))
    .description('list runs, newest first')
    .addOption(new Option('--state <state>', 'only runs in this state').choices(states))
    .option('--beamline <name>', 'only runs of this beamline')
    .option('--over-budget', 'only runs with a step that did not finish within its budget')
    .option('--limit <n>', 'how many at most', wholeNumber, 20)
    .action(async (options: RunsOptions) => {
      const query = new URLSearchParams({ limit: String(options.limit) });
      if (options.state !== undefined) query.set('state', options.state);
      if (options.beamline !== undefined) query.set('beamline', options.beamline);
      if (options.overBudget === true) query.set('overBudget', 'true');
      const page = await askMonitor<Page<RunSummary>>(await monitorOf(options), `/api/runs?${query.toString()}`);
      output(options.json === true).result({ runs: page.items, next: page.next ?? null }, () => runLines(page.items));
    });
  withMonitor(withCommon(program.command('run').argument('<id>', 'the run', runId)))
    .description('show one run: its steps, failures and results')
    .action(async (id: string, options: RunsOptions) => {
      const run = await askMonitor<RunDetail>(await monitorOf(options), `/api/runs/${encodeURIComponent(id)}`);
      output(options.json === true).result(run, () => detailLines(run));
    });
}

function runLines(runs: readonly RunSummary[]): string[] {
  if (runs.length === 0) return ['No runs.'];
  const header = [
    'run',
    'state',
    'announced',
    'took',
    'beamline',
    'visit',
    'collection',
    'recipes',
    'waiting',
    'failed',
    'over budget',
  ];
  return table(header, runs.map(runRow));
}

function runRow(run: RunSummary): string[] {
  return [
    run.id,
    run.isCancelling === true ? colours.yellow('being cancelled') : coloured(run.state),
    time(run.announced),
    run.ended === undefined ? '' : `${((run.ended - run.announced) / 1000).toFixed(1)} s`,
    run.beamline ?? '',
    run.visit ?? '',
    run.collection ?? '',
    run.recipes.join(' '),
    String(run.waiting),
    String(run.failed),
    run.overBudget === 0 ? '' : colours.yellow(plural(run.overBudget, 'step')),
  ];
}

function detailLines(run: RunDetail): string[] {
  const header = [
    'step',
    'service',
    'queue',
    'sent',
    'waiting',
    'done',
    'joined',
    'error',
    'dead',
    'cancelled',
    'retries',
    'budget',
  ];
  const failures = run.deliveries.filter(({ cause, outcome }) => cause && outcome !== 'later');
  return [
    `run ${run.id}: ${coloured(run.state)}${run.inferred ? ' (inferred)' : ''}${overBudget(run)}`,
    `announced ${time(run.announced)}${run.user === undefined ? '' : ` by ${run.user}`}, recipes ${run.recipes.join(', ') || 'none'}`,
    `parameters ${JSON.stringify(run.parameters)}`,
    ...recipeLines(run),
    ...(run.cancellation ? [cancellationLine(run.cancellation)] : []),
    '',
    ...table(header, run.steps.map(stepRow)),
    ...failures.map(
      ({ step, service, outcome, cause }) => `step ${step} (${service}) ${outcome}: ${cause?.message ?? ''}`,
    ),
    ...run.results.map(({ result }) => `result ${JSON.stringify(result)}`),
    ...run.replies.map(({ status, outcome, to }) => `reply ${status}: ${outcome} to ${to}`),
  ];
}

function stepRow(step: StepView): string[] {
  const counts = [
    step.sent,
    step.waiting,
    step.done,
    step.joined,
    step.errorLink,
    step.dead,
    step.cancelled,
    step.retries,
  ];
  return [String(step.step), step.service ?? '', step.queue ?? '', ...counts.map(String), budget(step)];
}

/** `12.1 of 30 s`; a step that is over, and has not finished, has no first figure. */
function budget({ budget: found }: StepView): string {
  if (!found) return '';
  const { seconds, used, over } = found;
  const text = `${used === undefined ? '' : `${rounded(used)} of `}${rounded(seconds)} s`;
  return over ? colours.yellow(`${text}, over`) : text;
}

/** Which version of the recipe, and what was repeated by what. */
function recipeLines({ sourceHash, rerunOf, reruns }: RunDetail): string[] {
  return [
    ...(sourceHash === undefined ? [] : [`recipe version ${sourceHash.slice(0, 10)}`]),
    ...(rerunOf === undefined ? [] : [`repeats ${rerunOf}`]),
    ...(reruns.length === 0 ? [] : [`repeated by ${reruns.join(', ')}`]),
  ];
}

function rounded(number: number): string {
  return String(Number(number.toFixed(1)));
}

function overBudget({ overBudget: steps }: RunSummary): string {
  return steps === 0 ? '' : colours.yellow(`, ${plural(steps, 'step')} over budget`);
}

function cancellationLine({ time: at, user, reason }: NonNullable<RunDetail['cancellation']>): string {
  return `cancelled ${time(at)}${user === undefined ? '' : ` by ${user}`}${reason === undefined ? '' : `: ${reason}`}`;
}

function coloured(state: RunState): string {
  const byState = { running: colours.cyan, finished: colours.green, failed: colours.red, cancelled: colours.yellow };
  return byState[state](state);
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19);
}
