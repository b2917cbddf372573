import { Option, type Command } from 'commander';
import { plural } from '../core/plural.ts';
import type { JobState, JobsView, JobView } from '../monitor/api.ts';
import { jobStates } from '../monitor/jobs/job-list.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions } from './ask-monitor.ts';
import { colours } from './colours.ts';
import { runId, wholeNumber, withCommon } from './options.ts';
import { output } from './output.ts';
import { table } from './table.ts';

interface JobsOptions extends MonitorOptions {
  readonly run?: string;
  readonly program?: string;
  readonly backend?: string;
  readonly host?: string;
  readonly beamline?: string;
  readonly state?: JobState;
  readonly limit: number;
}

/** `baton jobs`: the programs that run and wait, asked of the monitor. */
export function jobsCommand(program: Command): void {
  withMonitor(withCommon(program.command('jobs')))
    .description('list the programs that run and wait: where, for how long, and why they wait')
    .option('--run <id>', 'only those of this run', runId)
    .option('--program <name>', 'only those of this program of the site')
    .option('--backend <name>', 'only those of this backend: local, bullmq, …')
    .option('--host <name>', 'only those that run on this host')
    .option('--beamline <name>', 'only those of this beamline')
    .addOption(new Option('--state <state>', 'only those in this state').choices(jobStates))
    .option('--limit <n>', 'how many at most', wholeNumber, 50)
    .action(list);
}

async function list(options: JobsOptions): Promise<void> {
  const place = await monitorOf(options);
  const { limit, json } = options;
  const pages: JobsView[] = [];
  let missing = limit;
  let cursor: string | undefined;
  do {
    const page = await askMonitor<JobsView>(place, pathOf(options, Math.min(missing, inOneAnswer), cursor));
    pages.push(page);
    missing -= page.items.length;
    cursor = page.next;
  } while (cursor !== undefined && missing > 0);
  const [first] = pages;
  if (!first) return;
  const items = pages.flatMap((page) => page.items);
  const { next: _next, items: _items, ...about } = first;
  output(json === true).result({ jobs: items, ...about }, () => [
    ...jobLines(items),
    ...noteLines(first, items.length),
  ]);
}

/** Jobs in one answer of the monitor, at most. */
const inOneAnswer = 500;

function pathOf(
  { run, program, backend, host, beamline, state }: JobsOptions,
  limit: number,
  cursor: string | undefined,
): string {
  const query = new URLSearchParams({ limit: String(limit) });
  for (const [name, value] of Object.entries({ run, program, backend, host, beamline, state, cursor }))
    if (value !== undefined) query.set(name, value);
  return `/api/jobs?${query.toString()}`;
}

function jobLines(jobs: readonly JobView[]): string[] {
  if (jobs.length === 0) return ['No jobs.'];
  const header = ['state', 'for', 'program', 'run', 'step', 'beamline', 'backend', 'takes', 'where, or why not'];
  return table(header, jobs.map(row));
}

function row(job: JobView): string[] {
  const { state, program, run, step, beamline = '', backend, asked, started, ending, heard } = job;
  const since = { waiting: asked, running: started ?? asked, ending: ending ?? asked, unheard: heard }[state];
  return [
    coloured[state](words[state]),
    age(Date.now() - since),
    ...[program, run, String(step), beamline, backend],
    takes(job),
    where(job),
  ];
}

const words = { waiting: 'waiting', running: 'running', ending: 'being ended', unheard: 'not heard of' } as const;
const coloured = {
  waiting: colours.dim,
  running: colours.cyan,
  ending: colours.yellow,
  unheard: colours.yellow,
} as const;

function where({ state, host, holder, why, before = 0 }: JobView): string {
  if (state === 'waiting') return `${why ?? 'just asked for'}${before === 0 ? '' : ` (${String(before)} before it)`}`;
  return state === 'unheard' ? `${holder} is silent${host === undefined ? '' : `; it ran on ${host}`}` : (host ?? '');
}

function takes({ cores, memory, gpus, label }: JobView): string {
  const gigabytes = Number((memory / 1024 ** 3).toFixed(1));
  const parts = [plural(cores, 'core'), ...(memory > 0 ? [`${String(gigabytes)} GB`] : [])];
  return [...parts, ...(gpus > 0 ? [plural(gpus, 'gpu')] : []), ...(label === undefined ? [] : [label])].join(', ');
}

/** What is to be known beside the list. */
function noteLines({ total, untaken, queued, isAll }: JobsView, shown: number): string[] {
  const waiting = queued.filter((queue) => queue.waiting > 0);
  return [
    ...(total > shown ? [colours.dim(`… ${String(total - shown)} more; see --limit`)] : []),
    ...untaken.flatMap(({ message, advice }) => [colours.yellow(message), `  ${advice}`]),
    ...waiting.map((queue) => `${plural(queue.waiting, 'message')} in ${queue.queue}, not handed over yet.`),
    ...(isAll ? [] : [colours.dim('There may be more: services are still telling of theirs.')]),
  ];
}

/** In two units at most: `7 s`, `12 min`, `3 h 20 min`. */
function age(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 60) return `${String(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${String(minutes)} min` : `${String(Math.floor(minutes / 60))} h ${String(minutes % 60)} min`;
}
