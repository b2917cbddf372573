import type { Command } from 'commander';
import { BatonError } from '../core/errors.ts';
import { isObject } from '../core/json.ts';
import { noRuleApplies } from '../dispatcher/errors.ts';
import { Library } from '../dispatcher/library.ts';
import { missing } from '../dispatcher/plan.ts';
import { ruledQueue } from '../dispatcher/request.ts';
import { chooseRecipes } from '../dispatcher/rules.ts';
import { colours } from './colours.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { announcementIn, parametersFrom, withSet } from './parameters.ts';
import { announcementQueue, plannedRun } from './planned-run.ts';

interface ExplainOptions extends CommonOptions {
  readonly set: readonly string[];
}

/** What would become of an announcement. */
interface Explanation {
  readonly recipes: readonly string[];
  readonly fired: readonly { readonly rule: string; readonly recipes: readonly string[] }[];
  readonly silent: readonly { readonly rule: string; readonly reasons: readonly string[] }[];
  /** What the recipes would wait for. */
  readonly waits: readonly string[];
  /** Why it would be refused. */
  readonly refused?: { readonly message: string; readonly next: string };
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

/** Asks the dispatcher's own parts, with its own library. */
async function explain(file: string, options: ExplainOptions): Promise<Explanation> {
  const config = await configOf(options);
  const message = await announcementIn(file);
  const { parameters: sent = {} } = message;
  const parameters = isObject(sent) ? { ...sent, ...parametersFrom(options.set) } : {};
  const isRuled = announcementQueue(message) === ruledQueue;
  const { fired, silent } = isRuled
    ? chooseRecipes(await new Library(config.recipes).rules(), parameters)
    : { fired: [], silent: [] };
  const told = {
    fired: fired.map(({ rule }) => ({ rule: rule.name, recipes: rule.recipes })),
    silent: silent.map(({ rule, reasons }) => ({ rule: rule.name, reasons })),
  };
  try {
    const announced = isObject(sent) ? { ...message, parameters } : message;
    const { plan } = await plannedRun(announced, config);
    return { ...told, recipes: plan.recipes, waits: await missing(plan) };
  } catch (error) {
    if (!(error instanceof BatonError)) throw error;
    // The reasons stand under each rule already.
    const message = error.code === noRuleApplies.code ? 'No rule applies to this announcement.' : error.message;
    return { ...told, recipes: [], waits: [], refused: { message, next: error.next } };
  }
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
