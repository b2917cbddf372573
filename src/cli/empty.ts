import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { drainQueue } from '../dead-letters/drain.ts';
import { reinjectFiles } from '../dead-letters/files.ts';
import { letterOf, originOf, type Letter } from '../dead-letters/letter.ts';
import { look } from '../dead-letters/look.ts';
import type { Moved } from '../dead-letters/move.ts';
import { purgeQueue } from '../dead-letters/purge.ts';
import { countOf, deadLettersOf } from '../dead-letters/queues.ts';
import { reinjectQueue, type Emptying } from '../dead-letters/reinject.ts';
import type { Order } from '../dead-letters/reinjection.ts';
import { selects } from '../dead-letters/selection.ts';
import type { Client, Delivery } from '../stomp/client.ts';
import { connect } from './connect.ts';
import { usage } from './errors.ts';
import { configOf, wholeNumber, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output, type Output } from './output.ts';
import { queueName } from './queue-name.ts';
import { userName } from './user.ts';

interface EmptyOptions extends CommonOptions {
  readonly step?: number;
  readonly code?: string;
  readonly recipe?: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
}

/** `baton dlq reinject`: dead letters go again to where they came from. */
export function reinjectCommand(dlq: Command): void {
  const what = 'a queue; or files that export or purge wrote, and folders of them';
  withSelection(dlq.command('reinject').argument('<queue-or-files...>', what))
    .description('send dead letters again to where they came from, with their attempts counted anew')
    .option('--remove', 'remove each file once the broker has confirmed its message')
    .action(async (named: string[], options: EmptyOptions & { readonly remove?: boolean }) => {
      const files = named.filter((name) => existsSync(name));
      const [queue = ''] = named;
      if (files.length === 0 && named.length === 1 && !isPath(queue)) return await reinjectFrom(queue, options);
      if (selectionOf(options))
        throw usage({ problem: '--step, --code and --recipe select from a queue, not from files' });
      const missing = named.find((name) => !existsSync(name));
      if (missing !== undefined)
        throw usage({ problem: `There is no file ${missing}; one queue at a time is re-injected` });
      await reinjectAll(await filesIn(named), options);
    });
}

/** `/queue/…` is an address of a queue; other slashes are in the names of files. */
function isPath(name: string): boolean {
  return name.includes('/') && !name.startsWith('/queue/');
}

/** `baton dlq purge`: dead letters are put away in files. */
export function purgeCommand(dlq: Command): void {
  withSelection(dlq.command('purge').argument('<queue>', 'the queue'))
    .description('take dead letters out of a queue; each leaves it when its file is safe on disk')
    .requiredOption('--to <folder>', 'where the files go, in a folder a day')
    .action(async (name: string, options: EmptyOptions & { readonly to: string }) => {
      const named = queueName(name);
      await using client = await connect(await configOf(options), 'baton dlq');
      const queue = deadLettersOf(client, named);
      const folder = resolve(options.to);
      const out = output(options.json === true);
      if (options.dryRun) return await tellDry(client, queue, options, folder, out);
      tell(await purgeQueue(client, queue, folder, emptying(options)), queue, folder, out);
    });
}

/** `baton drain FROM TO`: messages go from one queue to another. */
export function drainCommand(program: Command): void {
  withEmptying(program.command('drain').argument('<from>', 'a queue').argument('<to>', 'another queue'))
    .description('move the messages of a queue to another, as they are')
    .action(async (from: string, to: string, options: EmptyOptions) => {
      const named = [from, to].map(queueName);
      await using client = await connect(await configOf(options), 'baton drain');
      const [source, target] = named.map((name) => (name.startsWith('/queue/') ? name : client.queue(name)));
      if (source === undefined || target === undefined || source === target)
        throw usage({ problem: 'Name two different queues' });
      const out = output(options.json === true);
      if (options.dryRun) return await tellDry(client, source, options, target, out);
      tell(await drainQueue(client, source, target, emptying(options)), source, target, out);
    });
}

function withEmptying(command: Command): Command {
  return withCommon(command)
    .option('--limit <n>', 'at most so many, the oldest first', wholeNumber)
    .option('--dry-run', 'only tell what would be done');
}

function withSelection(command: Command): Command {
  return withEmptying(command)
    .option('--step <number>', 'only those of this step of their recipe', stepNumber)
    .option('--code <code>', 'only those with this cause')
    .option('--recipe <version>', 'only those of this version of their recipe: the beginning of its hash')
    .addHelpText(
      'after',
      '\nThe others keep their places and their order. One to try: --limit 1; then the rest without it.',
    );
}

function stepNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw usage({ problem: `Expected the number of a step, got ${text}` });
  return Number(text);
}

async function reinjectFrom(name: string, options: EmptyOptions): Promise<void> {
  const named = queueName(name);
  await using client = await connect(await configOf(options), 'baton dlq');
  const queue = deadLettersOf(client, named);
  const out = output(options.json === true);
  if (!options.dryRun)
    return tell(await reinjectQueue(client, queue, order, emptying(options)), queue, 'their queues', out);
  const origins: Record<string, number> = {};
  const count = (origin = 'nowhere: they tell no queue'): void => void (origins[origin] = (origins[origin] ?? 0) + 1);
  const isMeant = selectionOf(options) ?? (() => true);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  const visit = (letter: Letter): void => {
    if (left <= 0 || !isMeant(letter)) return;
    left -= 1;
    count(originOf(letter));
  };
  const { waiting } = await look(client, queue, visit);
  out.result({ dryRun: true, queue, waiting: waiting ?? null, to: origins }, () =>
    Object.entries(origins).map(([origin, letters]) => `${letters} from ${queue} would be sent to ${origin}.`),
  );
}

async function reinjectAll(
  all: readonly string[],
  options: EmptyOptions & { readonly remove?: boolean },
): Promise<void> {
  const files = all.slice(0, options.limit);
  const out = output(options.json === true);
  if (options.dryRun) return out.result({ dryRun: true, files }, () => files);
  await using client = await connect(await configOf(options), 'baton dlq');
  const sent = async (confirmed: readonly string[]): Promise<void> => {
    if (options.remove) await Promise.all(confirmed.map(async (file) => rm(file)));
  };
  const found = await reinjectFiles(client, files, order(), { signal: untilInterrupted(), sent });
  out.result(found, () => [
    `${found.sent} of ${files.length} dead letters are sent again.`,
    ...found.left.map(({ file, reason }) => `${file}: ${reason}`),
  ]);
  if (found.left.length > 0 || found.interrupted) process.exitCode = exitCodes.failed;
}

/** All files named, and all in the folders named: those first that died first, as their names tell. */
async function filesIn(named: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    named.map(async (name) => {
      if (!(await stat(name)).isDirectory()) return [name];
      const entries = await readdir(name, { recursive: true, withFileTypes: true });
      const files = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.'));
      return files.map((entry) => join(entry.parentPath, entry.name)).sort();
    }),
  );
  return found.flat();
}

async function tellDry(client: Client, queue: string, options: EmptyOptions, to: string, out: Output): Promise<void> {
  const { limit } = options;
  const waiting = await countMeant(client, queue, selectionOf(options));
  const count = waiting === undefined ? null : Math.min(waiting, limit ?? waiting);
  out.result({ dryRun: true, queue, count, to }, () => [
    `${count ?? 'An unknown number of'} messages would be moved from ${queue} to ${to}.`,
  ]);
}

async function countMeant(
  client: Client,
  queue: string,
  isMeant: ReturnType<typeof selects>,
): Promise<number | undefined> {
  if (!isMeant) return await countOf(client, queue);
  let number = 0;
  await look(client, queue, (letter) => void (isMeant(letter) && (number += 1)));
  return number;
}

function tell({ moved, left, interrupted }: Moved, queue: string, to: string, out: Output): void {
  out.result({ queue, to, moved, left, interrupted }, () => [
    `${moved} messages moved from ${queue} to ${to}.`,
    ...left.map(({ id, reason }) => `${id} stays: ${reason}`),
    ...(interrupted ? ['Interrupted: the others are where they were. Do the same again to go on.'] : []),
  ]);
  if (left.length > 0 || interrupted) process.exitCode = exitCodes.failed;
}

function emptying(options: EmptyOptions): Emptying {
  const isMeant = selectionOf(options);
  const wants = isMeant && ((delivery: Delivery) => isMeant(letterOf(delivery)));
  return { limit: options.limit, wants, signal: untilInterrupted() };
}

function selectionOf({ step, code, recipe }: EmptyOptions): ReturnType<typeof selects> {
  return selects({ step, code, version: recipe });
}

function order(): Order {
  return { now: Date.now(), user: userName() };
}

/** Aborted by the first Ctrl-C; the second ends the process, which harms nothing either. */
function untilInterrupted(): AbortSignal {
  const asked = new AbortController();
  process.once('SIGINT', () => asked.abort());
  process.once('SIGTERM', () => asked.abort());
  return asked.signal;
}
