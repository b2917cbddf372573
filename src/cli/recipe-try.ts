import type { Command } from 'commander';
import { isObject, type Json } from '../core/json.ts';
import type { DeliveryView } from '../ledger/views.ts';
import { colours } from './colours.ts';
import { usage } from './errors.ts';
import { yamlIn } from './files.ts';
import { knownServices, serviceNamed } from './known-services.ts';
import { configOf, seconds } from './options.ts';
import { exitCodes, output } from './output.ts';
import { recipeNamed } from './recipe-files.ts';
import { givenParameters, instantiated, withParameters, type ParameterOptions } from './recipe-show.ts';
import { outputProblems, type StubOutputs } from './stub-outputs.ts';
import { runTrial, stubbedQueues, type Trial } from './trial.ts';

interface TryOptions extends ParameterOptions {
  readonly live?: readonly string[];
  readonly outputs?: string;
  readonly timeout: number;
}

/** `baton recipe try`: exits 1 unless the run finishes. */
export function tryCommand(recipe: Command): void {
  withParameters(recipe.command('try').argument('<recipe>', 'its name in the recipe folder, or a .json file'))
    .description('run a recipe on a broker of its own, with stubs in place of services, and show every message')
    .option('--live <service...>', 'run these services as they are, with all that they do')
    .option('--outputs <file>', 'what stubs send: YAML or JSON, by number of step and channel; see docs/recipes.md')
    .option('--timeout <seconds>', 'how long to wait for the end of the run', seconds, 30)
    .action(attempt);
}

async function attempt(name: string, options: TryOptions): Promise<void> {
  const config = await configOf(options);
  const source = await recipeNamed(name, config);
  const parameters = (await givenParameters(options)) ?? {};
  const known = await knownServices(config);
  const live = (options.live ?? []).map((service) => serviceNamed(service, known));
  const recipe = instantiated(source, parameters);
  const outputs = await outputsIn(options.outputs);
  const [problem] = outputProblems(outputs, recipe, stubbedQueues(recipe, live, config));
  if (problem !== undefined) throw usage({ problem: problem.replace(/\.$/, '') });
  const trial = await runTrial({
    // A recipe may be tried from any file: it travels with the announcement.
    config: { ...config, announcements: { ...config.announcements, customRecipes: true } },
    message: { custom_recipe: instantiated(source, undefined), parameters },
    recipe,
    live,
    outputs,
    seconds: options.timeout,
  });
  const state = trial.run?.state ?? 'refused';
  output(options.json === true).result({ state, answers: trial.answers, run: trial.run ?? null }, () => lines(trial));
  if (state !== 'finished') process.exitCode = exitCodes.failed;
}

async function outputsIn(file: string | undefined): Promise<StubOutputs> {
  if (file === undefined) return {};
  const outputs = await yamlIn(file);
  if (isObject(outputs)) return outputs;
  throw usage({ problem: `Expected in ${file} what each stub sends, by the number of its step` });
}

function lines({ run, answers }: Trial): string[] {
  if (!run) return answers.map(({ status, reason }) => `${colours.red(status)}  ${reason ?? ''}`);
  const deliveries = run.deliveries.toSorted((a, b) => a.finished - b.finished || a.step - b.step);
  const waiting = run.steps.filter((step) => step.waiting > 0);
  return [
    ...deliveries.flatMap(deliveryLines),
    ...run.results.map(({ step, result }) => `result of step ${step}: ${brief(result)}`),
    ...waiting.map((step) =>
      colours.yellow(`step ${step.step} still waits: ${step.waiting} of ${step.sent} messages are not done`),
    ),
    `${run.state === 'finished' ? colours.green(run.state) : colours.red(run.state)}${run.state === 'running' ? ', when the time was over' : ''}`,
  ];
}

function deliveryLines({ step, service, outcome, cause, outputs }: DeliveryView): string[] {
  const why = cause === undefined ? '' : ` (${cause.code}: ${cause.message})`;
  return [
    `${colours.bold(`step ${step}`)} ${service}: ${outcome}${why}`,
    ...outputs.map(({ step: to, channel, payload }) => {
      const over = [outcome === 'error-link' ? 'error' : '', channel].filter((word) => word !== '');
      return `  ${[...over, '─▶'].join(' ')} step ${to}  ${brief(payload)}`;
    }),
  ];
}

/** A payload that is too large for the ledger is not kept. */
function brief(value: Json | undefined): string {
  const text = value === undefined ? '…' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
