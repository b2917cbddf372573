import type { Command } from 'commander';
import { isObject } from '../core/json.ts';
import type { Plan } from '../dispatcher/plan.ts';
import { colours } from './colours.ts';
import { explanationOf, type Explanation } from './explanation.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { announcementIn, parametersFrom, withSet } from './parameters.ts';
import { plannedRun } from './planned-run.ts';

interface ExplainOptions extends CommonOptions {
  readonly set: readonly string[];
}

/** `baton recipe explain`: exits 1 when the announcement would be refused. Sends nothing. */
export function explainCommand(recipe: Command): void {
  withSet(
    withCommon(recipe.command('explain').argument('<file>', 'the announcement as a JSON file; - is standard input')),
  )
    .description('tell which rules fire for an announcement, which do not, and why; nothing is sent')
    .action(async (file: string, options: ExplainOptions) => {
      const explanation = await explain(file, options);
      output(options.json === true).result(explanation, () => lines(explanation));
      if (explanation.refused) process.exitCode = exitCodes.failed;
    });
}

async function explain(file: string, options: ExplainOptions): Promise<Explanation> {
  const config = await configOf(options);
  const message = await announcementIn(file);
  const { parameters: sent = {} } = message;
  const announced = isObject(sent) ? { ...message, parameters: { ...sent, ...parametersFrom(options.set) } } : message;
  const planned = async (): Promise<Plan> => (await plannedRun(announced, config)).plan;
  return (await explanationOf(announced, config, planned)).explanation;
}

function lines({ recipes, fired, silent, waits, refused }: Explanation): string[] {
  return [
    ...fired.map(
      ({ rule, recipes: chosen }) =>
        `${colours.green('✓')} ${rule}: ${chosen.length > 0 ? `runs ${chosen.join(', ')}` : 'runs nothing'}`,
    ),
    ...silent.flatMap(({ rule, reasons }) => [
      `${colours.dim('–')} ${rule}`,
      ...reasons.map((reason) => colours.dim(`    ${reason}`)),
    ]),
    ...waits.map((what) => `It would wait for ${what}.`),
    refused
      ? `${colours.red('It would be refused:')} ${refused.message.replace(/\.?$/, '.')}\n→ ${refused.next}`
      : `It would run ${recipes.length > 0 ? recipes.join(', ') : 'nothing'}.`,
  ];
}
