import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Json } from '../core/json.ts';
import { viewOf, type Letter, type LetterView } from '../dead-letters/letter.ts';
import { look } from '../dead-letters/look.ts';
import { exportQueue } from '../dead-letters/purge.ts';
import { deadLetterQueues, deadLettersOf } from '../dead-letters/queues.ts';
import { Triage, type Group } from '../dead-letters/triage.ts';
import { connect } from './connect.ts';
import { purgeCommand, reinjectCommand } from './empty.ts';
import { usage } from './errors.ts';
import { configOf, withCommon, type CommonOptions } from './options.ts';
import { exitCodes, output } from './output.ts';
import { queueName } from './queue-name.ts';
import { table } from './table.ts';

/** `baton dlq …`: what died, and what is to become of it. */
export function deadLetterCommands(program: Command): void {
  const dlq = program.command('dlq').description('look at dead letters, and send them again or put them away');
  withCommon(dlq.command('ls').argument('[queue]', 'the queue, with or without DLQ. in front; all where absent'))
    .description('count dead letters by queue, cause, step and version of the recipe')
    .action(list);
  withCommon(dlq.command('show').argument('<queue>', 'the queue').argument('[n]', 'how many', '10'))
    .description('show the first dead letters of a queue')
    .action(show);
  withCommon(dlq.command('export').argument('<queue>', 'the queue'))
    .description('copy the dead letters of a queue into files, as zocalo.dlq_purge writes them; they stay in the queue')
    .requiredOption('--to <folder>', 'where the files go, in a folder a day')
    .action(exportLetters);
  reinjectCommand(dlq);
  purgeCommand(dlq);
}

/** One queue as it is listed; `seen` is less than `count` when it is too long to be looked at as a whole. */
interface Listed {
  readonly name: string;
  readonly count: number;
  readonly seen: number;
}

async function list(name: string | undefined, options: CommonOptions): Promise<void> {
  if (name !== undefined) queueName(name);
  await using client = await connect(await configOf(options), 'baton dlq');
  const all = await deadLetterQueues(client);
  const wanted = name === undefined ? undefined : deadLettersOf(client, name);
  const triage = new Triage();
  const queues: Listed[] = [];
  for (const { name: queue, destination, count } of all) {
    if (wanted !== undefined && wanted !== destination) continue;
    const { seen } = await look(client, destination, (letter) => triage.add(queue, viewOf(letter)));
    queues.push({ name: queue, count, seen });
  }
  const { groups } = triage;
  output(options.json === true).result({ queues, groups }, () => listLines(queues, groups));
}

function listLines(queues: readonly Listed[], groups: readonly Group[]): string[] {
  if (queues.length === 0) return ['There are no dead letters.'];
  const header = ['queue', 'cause', 'step', 'service', 'recipe', 'count', 'oldest', 'newest', 'the first says'];
  const rows = groups.map(({ queue, code, step, service, version = '', count, oldest, newest, message }) => [
    ...[queue, code, step === undefined ? '' : String(step), service ?? '', version.slice(0, 10), String(count)],
    ...[time(oldest), time(newest), brief(message)],
  ]);
  const partly = queues.filter(({ count, seen }) => seen < count);
  return [
    ...table(header, rows),
    ...partly.map(({ name, count, seen }) => `Of ${name} the first ${seen} of ${count} are counted here.`),
  ];
}

async function show(name: string, count: string, options: CommonOptions): Promise<void> {
  if (!/^[1-9]\d{0,5}$/.test(count)) throw usage({ problem: `Expected how many dead letters to show, got ${count}` });
  const named = queueName(name);
  await using client = await connect(await configOf(options), 'baton dlq');
  const queue = deadLettersOf(client, named);
  const letters: Letter[] = [];
  const { waiting } = await look(client, queue, (letter) => void letters.push(letter), Number(count));
  const shown = letters.map((letter) => ({ ...viewOf(letter), headers: letter.headers, body: bodyOf(letter) }));
  output(options.json === true).result({ queue, waiting: waiting ?? null, letters: shown }, () => [
    ...letters.flatMap((letter) => letterLines(viewOf(letter), letter)),
    letters.length === 0 ? `${queue} is empty.` : `${letters.length} of ${waiting ?? 'an unknown number'} in ${queue}.`,
  ]);
}

function letterLines(view: LetterView, { body }: Letter): string[] {
  const { id, code, message, died, step, service, run, attempt, reinjected, origin } = view;
  const known: readonly (readonly [string, string | number | undefined])[] = [
    ['cause', `${code}: ${message}`],
    ['step', step === undefined ? undefined : `${step}${service === undefined ? '' : ` (${service})`}`],
    ['run', run],
    ['attempt', attempt],
    ['sent again', reinjected === 0 ? undefined : reinjected],
    ['came from', origin],
    ['body', brief(body.toString('utf8'))],
  ];
  return [
    `${time(died)}  ${id}`,
    ...known.flatMap(([name, value]) => (value === undefined ? [] : [`  ${name.padEnd(11)}${value}`])),
  ];
}

async function exportLetters(name: string, options: CommonOptions & { readonly to: string }): Promise<void> {
  const named = queueName(name);
  await using client = await connect(await configOf(options), 'baton dlq');
  const queue = deadLettersOf(client, named);
  const folder = resolve(options.to);
  const { seen, waiting } = await exportQueue(client, queue, folder);
  output(options.json === true).result({ queue, exported: seen, waiting: waiting ?? null, folder }, () => [
    `${seen} of ${waiting ?? 'an unknown number of'} dead letters in ${queue} are copied into ${folder}.`,
  ]);
  if (seen < (waiting ?? 0)) process.exitCode = exitCodes.failed;
}

/** The body as JSON, text, or what it is in base 64. */
function bodyOf({ body }: Letter): Json {
  const text = body.toString('utf8');
  if (!body.equals(Buffer.from(text))) return { base64: body.toString('base64') };
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19);
}

function brief(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 100 ? `${line.slice(0, 100)}…` : line;
}
