import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import type { BackfillPreview, BackfillRun, BackfillView, CancelledBackfill, Page } from '../monitor/api.ts';
import { askMonitor, monitorOf, withMonitor, type MonitorOptions, type MonitorPlace } from './ask-monitor.ts';
import { detailLines, listLines, previewLines, stateOf } from './backfill-lines.ts';
import { withWish, wishOf, type WishOptions } from './backfill-wish.ts';
import { backfillIncomplete, noAnswer, usage } from './errors.ts';
import { seconds, wholeNumber, withCommon } from './options.ts';
import { output, type Output } from './output.ts';

interface CreateOptions extends WishOptions {
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly timeout: number;
}

/** `baton reprocess …`: runs of the past once more, behind live work. */
export function reprocessCommands(program: Command): void {
  const reprocess = program
    .command('reprocess')
    .description('repeat runs of the past in bulk, behind live work: a back-fill');
  createCommand(reprocess);
  listCommand(reprocess);
  showCommand(reprocess);
  changeCommand(reprocess, 'pause', 'start nothing more of a back-fill until it is resumed; what is under way goes on');
  changeCommand(reprocess, 'resume', 'go on with a back-fill that was paused');
  cancelCommand(reprocess);
}

function createCommand(reprocess: Command): void {
  withWish(withMonitor(withCommon(reprocess.command('create').argument('[numbers]', 'run numbers, such as 4,6-8'))))
    .description('count the runs that fit, and repeat them')
    .option('--dry-run', 'show which runs, how many, and how long that takes; start nothing')
    .option('--reason <text>', 'why, for the page and the audit')
    .option('--wait', 'wait until the last has ended: exit 0 only when all finished')
    .option('--timeout <seconds>', 'how long to wait', seconds, 86_400)
    .action(async (numbers: string | undefined, options: CreateOptions) => {
      const out = output(options.json === true);
      const wish = await wishOf(numbers, options);
      const place = await monitorOf(options);
      const preview = await askMonitor<BackfillPreview>(place, '/api/backfills/preview', wish);
      if (options.dryRun === true) return out.result(preview, () => [...previewLines(preview), 'Nothing was started.']);
      for (const line of previewLines(preview)) out.say(line);
      const body = { ...wish, reason: reasonOf(options), digest: preview.digest };
      const backfill = await askMonitor<BackfillView>(place, '/api/backfills', body, 'operator');
      if (options.wait === true) return await toTheEnd(backfill, place, options.timeout, out);
      out.result(backfill, () => [`back-fill ${backfill.id}: ${stateOf(backfill)}`]);
    });
}

function listCommand(reprocess: Command): void {
  withMonitor(withCommon(reprocess.command('ls')))
    .description('list back-fills, the newest first')
    .option('--limit <n>', 'how many at most', wholeNumber, 20)
    .action(async (options: MonitorOptions & { readonly limit: number }) => {
      const path = `/api/backfills?limit=${String(options.limit)}`;
      const page = await askMonitor<Page<BackfillView>>(await monitorOf(options), path);
      output(options.json === true).result({ backfills: page.items, next: page.next ?? null }, () =>
        listLines(page.items),
      );
    });
}

function showCommand(reprocess: Command): void {
  withMonitor(withCommon(reprocess.command('show').argument('<id>', 'the back-fill')))
    .description('show a back-fill, and what became of its runs')
    .option('--limit <n>', 'runs at most', wholeNumber, 100)
    .action(async (id: string, options: MonitorOptions & { readonly limit: number }) => {
      const place = await monitorOf(options);
      const path = pathOf(id);
      const backfill = await askMonitor<BackfillView>(place, path);
      const { items } = await askMonitor<Page<BackfillRun>>(place, `${path}/runs?limit=${String(options.limit)}`);
      output(options.json === true).result({ ...backfill, runs: items }, () => detailLines(backfill, items));
    });
}

interface ReasonOptions extends MonitorOptions {
  readonly reason?: string;
}

function changeCommand(reprocess: Command, what: 'pause' | 'resume', description: string): void {
  withMonitor(withCommon(reprocess.command(what).argument('<id>', 'the back-fill')))
    .description(description)
    .option('--reason <text>', 'why, for the page and the audit')
    .action(async (id: string, options: ReasonOptions) => {
      const body = { reason: reasonOf(options) };
      const backfill = await askMonitor<BackfillView>(
        await monitorOf(options),
        `${pathOf(id)}/${what}`,
        body,
        'operator',
      );
      output(options.json === true).result(backfill, () => [`back-fill ${id}: ${stateOf(backfill)}`]);
    });
}

function cancelCommand(reprocess: Command): void {
  withMonitor(withCommon(reprocess.command('cancel').argument('<id>', 'the back-fill')))
    .description('start nothing more of a back-fill, for good')
    .option('--running', 'cancel what is under way as well')
    .option('--reason <text>', 'why, for the page and the audit')
    .action(async (id: string, options: ReasonOptions & { readonly running?: boolean }) => {
      const body = { reason: reasonOf(options), running: options.running === true };
      const place = await monitorOf(options);
      const answer = await askMonitor<CancelledBackfill>(place, `${pathOf(id)}/cancel`, body, 'operator');
      output(options.json === true).result(answer, () => [
        `back-fill ${id}: ${stateOf(answer.backfill)}; ${String(answer.backfill.counts.withdrawn)} never start, ${String(answer.runs)} under way are cancelled`,
      ]);
    });
}

/** Looks every second, and says what has changed. */
async function toTheEnd(begun: BackfillView, place: MonitorPlace, timeout: number, out: Output): Promise<void> {
  const until = performance.now() + timeout * 1000;
  let backfill = begun;
  for (let told = ''; backfill.ended === undefined;) {
    const now = progressOf(backfill);
    if (now !== told) out.say(now);
    told = now;
    if (performance.now() > until) throw noAnswer({ seconds: timeout, got: [backfill.state] });
    await sleep(1_000);
    backfill = await askMonitor<BackfillView>(place, pathOf(backfill.id));
  }
  out.result(backfill, () => [progressOf(backfill)]);
  const { id, counts, estimate } = backfill;
  if (counts.finished < estimate.runs) throw backfillIncomplete({ id, finished: counts.finished, runs: estimate.runs });
}

function progressOf(backfill: BackfillView): string {
  const { finished, failed, refused } = backfill.counts;
  return `back-fill ${backfill.id}: ${stateOf(backfill)}; of ${String(backfill.estimate.runs)} runs ${String(finished)} finished, ${String(failed)} failed, ${String(refused)} refused`;
}

function reasonOf({ reason }: ReasonOptions): string {
  if (reason !== undefined && reason.trim() !== '') return reason;
  throw usage({ problem: 'Why? Say it with --reason: the page and the audit show it' });
}

function pathOf(id: string): string {
  return `/api/backfills/${encodeURIComponent(id)}`;
}
