import type { Command } from 'commander';
import type { Finding } from '../recipes/finding.ts';
import { Linter, unreadable } from '../recipes/lint/linter.ts';
import { monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { codeFrame } from './code-frame.ts';
import { colours } from './colours.ts';
import { configOf } from './options.ts';
import { exitCodes, output } from './output.ts';
import { recipeFiles, recipeFolder, type RecipeFile } from './recipe-files.ts';
import { givenParameters, withParameters, type ParameterOptions } from './recipe-show.ts';
import { configuredSite, liveSite } from './site-facts.ts';

interface LintOptions extends ParameterOptions, MonitorOptions {
  readonly live?: boolean;
  readonly strict?: boolean;
}

/** What was found in one file. */
interface Linted {
  readonly file: string;
  readonly findings: readonly Finding[];
}

/** `baton recipe lint`: exits 1 when there is an error. */
export function lintCommand(recipe: Command): void {
  const command = recipe
    .command('lint')
    .argument('[paths...]', 'recipes, and folders with recipes, - for standard input; all of the site where absent');
  withMonitor(withParameters(command))
    .description('find what is wrong with recipes, or may be; docs/lint.md explains each rule')
    .option('--live', 'ask the status page which services run, and which queues are read, now')
    .option('--strict', 'exit 1 for warnings, too')
    .action(lint);
}

async function lint(paths: readonly string[], options: LintOptions): Promise<void> {
  const config = await configOf(options);
  const linter = new Linter(
    options.live === true ? await liveSite(config, await monitorOf(options)) : await configuredSite(config),
  );
  const parameters = await givenParameters(options);
  const out = output(options.json === true);
  const files: Linted[] = [];
  for await (const source of recipeFiles(paths.length > 0 ? paths : [recipeFolder(config)])) {
    const { file, text, tooLarge } = source;
    const linted = { file, findings: tooLarge ? [unreadable(tooLarge)] : linter.lint(text, file, parameters) };
    files.push(linted);
    for (const line of fileLines(linted, source)) out.say(line);
  }
  out.result({ files }, () => [summary(files)]);
  const failing = options.strict === true ? ['error', 'warning'] : ['error'];
  if (files.some(({ findings }) => findings.some(({ severity }) => failing.includes(severity))))
    process.exitCode = exitCodes.failed;
}

/** Findings shown of one file. */
const most = 100;

function fileLines({ file, findings }: Linted, { text }: RecipeFile): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const shown = findings.slice(0, most).flatMap((finding) => findingLines(file, finding, lines));
  return findings.length > most ? [...shown, `${findings.length - most} more in ${file}.`, ''] : shown;
}

const paint = { error: colours.red, warning: colours.yellow, info: colours.cyan } as const;

function findingLines(file: string, finding: Finding, lines: readonly string[]): string[] {
  const { rule, severity, line, column, message, hint } = finding;
  return [
    `${file}:${line}:${column}  ${paint[severity](severity)}  ${message}  ${colours.dim(`[${rule}]`)}`,
    ...codeFrame(lines, line, column),
    `${colours.dim('→')} ${hint} ${colours.dim(`docs/lint.md#${rule}`)}`,
    '',
  ];
}

function summary(files: readonly Linted[]): string {
  const all = files.flatMap(({ findings }) => findings);
  const count = (wanted: Finding['severity'], word: string): string => {
    const { length } = all.filter(({ severity }) => severity === wanted);
    return `${length} ${word}${length === 1 ? '' : 's'}`;
  };
  const looked = `${files.length} recipe${files.length === 1 ? '' : 's'}`;
  if (all.length === 0) return `${colours.green('✓')} ${looked}, nothing to complain about.`;
  return `${looked}: ${count('error', 'error')}, ${count('warning', 'warning')}, ${count('info', 'note')}.`;
}
