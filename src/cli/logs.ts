import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { LogLevel, LogLineView, LogPage, RunDetail } from '../monitor/api.ts';
import { logLevels } from '../services/log-line.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions, type MonitorPlace } from './ask-monitor.ts';
import { colours } from './colours.ts';
import { runId, wholeNumber, withCommon } from './options.ts';
import { output, type Output } from './output.ts';

interface LogsOptions extends MonitorOptions {
  readonly level?: LogLevel;
  readonly step?: number;
  readonly limit: number;
  readonly follow?: boolean;
}

/** `baton logs RUN`: what services wrote about a run, asked of the monitor. */
export function logsCommand(program: Command): void {
  withMonitor(withCommon(program.command('logs').argument('<run>', 'the run', runId)))
    .description('show what services logged about a run')
    .addOption(new Option('--level <level>', 'lines of this level, and graver ones').choices(logLevels))
    .option('--step <number>', 'lines of this step', stepNumber)
    .option('--limit <n>', 'how many of the latest at most', wholeNumber, 1_000)
    .option('--follow', 'go on with what comes, until the run has ended')
    .action(show);
}

async function show(run: string, options: LogsOptions): Promise<void> {
  const place = await monitorOf(options);
  const out = output(options.json === true);
  const latest = await pages(place, run, options);
  const lines = latest.flatMap(({ items }) => items);
  const last = latest.at(-1);
  if (options.follow !== true || !last) return out.result({ run, ...last, items: lines }, () => listed(lines, last));
  for (const line of listed(lines, last)) out.say(line);
  const rest = await follow(place, run, options, last, out);
  if (out.isJson) out.result({ run, items: [...lines, ...rest] }, () => []);
}

/** Lines in one answer of the monitor, at most. */
const linesInPage = 1_000;

/** The latest lines, in as many answers as that takes, in the order they came. */
async function pages(place: MonitorPlace, run: string, options: LogsOptions): Promise<readonly LogPage[]> {
  const found: LogPage[] = [];
  let missing = options.limit;
  let before: number | undefined;
  do {
    const page = await ask(place, run, options, { limit: Math.min(missing, linesInPage), before });
    found.unshift(page);
    missing -= page.items.length;
    before = page.earlier;
  } while (before !== undefined && missing > 0);
  return found;
}

/** Seconds between two looks. */
const interval = 1;

/** Says what comes, until the run has ended and nothing more came after that; returns it where it is told as JSON. */
async function follow(
  place: MonitorPlace,
  run: string,
  options: LogsOptions,
  { later }: LogPage,
  out: Output,
): Promise<readonly LogLineView[]> {
  const heard: LogLineView[] = [];
  let after = later;
  let hasEnded = false;
  for (;;) {
    const page = await ask(place, run, options, { limit: linesInPage, after });
    after = page.later;
    for (const line of page.items.map(lineText)) out.say(line);
    if (out.isJson) heard.push(...page.items);
    if (page.more === true) continue;
    if (hasEnded && page.items.length === 0) return heard;
    const { state } = await askMonitor<RunDetail>(place, `/api/runs/${encodeURIComponent(run)}`);
    hasEnded = state !== 'running';
    await sleep(interval * 1000);
  }
}

async function ask(
  place: MonitorPlace,
  run: string,
  { level, step }: LogsOptions,
  { limit, before, after }: { readonly limit: number; readonly before?: number | undefined; readonly after?: number },
): Promise<LogPage> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ level, step, limit, before, after }))
    if (value !== undefined) query.set(name, String(value));
  return await askMonitor<LogPage>(place, `/api/runs/${encodeURIComponent(run)}/logs?${query.toString()}`);
}

function listed(lines: readonly LogLineView[], page: LogPage | undefined): readonly string[] {
  const removed = page?.removed ?? 0;
  const notes = removed > 0 ? [colours.dim(`… ${grouped(removed)} earlier lines are not kept any more`)] : [];
  return lines.length === 0 ? [...notes, 'No lines.'] : [...notes, ...lines.map(lineText)];
}

function lineText({ time, level, step, service, text, fields, leftOut }: LogLineView): string {
  const at = new Date(time).toISOString().replace('T', ' ').slice(0, 23);
  const said = leftOut === undefined ? text + fieldsText(fields) : `… ${grouped(leftOut)} lines left out`;
  return `${colours.dim(at)} ${coloured[level](level.padEnd(5))} step ${step} ${service}: ${said}`;
}

function fieldsText(fields: LogLineView['fields'] = {}): string {
  return Object.entries(fields)
    .map(([name, value]) => ` ${colours.dim(`${name}=`)}${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
}

const coloured = { debug: colours.dim, info: colours.cyan, warn: colours.yellow, error: colours.red };

function grouped(number: number): string {
  return number.toLocaleString('en-GB');
}

function stepNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected the number of a step.');
}
