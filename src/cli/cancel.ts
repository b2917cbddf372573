import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { readNews, type CancellationNews } from '../services/cancellation-news.ts';
import { names } from '../services/names.ts';
import type { CancellationRecord, RecordBatch } from '../services/record.ts';
import type { Client } from '../stomp/client.ts';
import { unknown } from '../stomp/errors.ts';
import { connect } from './connect.ts';
import { notCancelled, notConfirmed } from './errors.ts';
import { configOf, runId, seconds, withCommon, type CommonOptions } from './options.ts';
import { output, type Output } from './output.ts';
import { userName } from './user.ts';

interface CancelOptions extends CommonOptions {
  readonly reason?: string;
  readonly timeout: number;
}

type Answer = Extract<CancellationNews, { readonly kind: 'answer' }>;

/** `baton cancel RUN…`: nothing more of these runs is worked on. */
export function cancelCommand(program: Command): void {
  withCommon(program.command('cancel').argument('<run...>', 'the runs', runIds))
    .description('cancel runs: what waits of them is settled, what is worked on is told to stop')
    .option('--reason <text>', 'why, for the announcer and the run page')
    .option('--timeout <seconds>', 'how long to wait for the ledger', seconds, 30)
    .action(async (runs: string[], options: CancelOptions) => {
      await using client = await connect(await configOf(options), 'baton cancel');
      tell(await cancel(client, new Set(runs), options), output(options.json === true));
    });
}

function runIds(text: string, others: readonly string[] = []): readonly string[] {
  return [...others, runId(text)];
}

/** The ledger's answer for each run. The wish is in the ledger's queue when this throws `cli.not-confirmed`. */
async function cancel(client: Client, runs: ReadonlySet<string>, options: CancelOptions): Promise<readonly Answer[]> {
  const answers = new Map<string, Answer>();
  const all = Promise.withResolvers<void>();
  const timeout = setTimeout(() => all.resolve(), options.timeout * 1000);
  const request = { destination: client.topic(names.cancelled), ack: 'auto' } as const;
  await client.subscribe(request, ({ body }) => {
    const news = readNews(body);
    if (news?.kind === 'answer' && runs.has(news.run)) answers.set(news.run, news);
    if (answers.size === runs.size) all.resolve();
  });
  const records = [...runs].map((run) => wish(run, options));
  const body = JSON.stringify({ records } satisfies RecordBatch);
  const ask = async (): Promise<void> => await client.send({ destination: client.queue(names.ledger), body });
  // The topic keeps nothing: an answer that was given while the connection was lost is given again for the same wish.
  client.events.on('connected', () => void ask().catch(() => undefined));
  try {
    await ask().catch((error: unknown) => {
      if (!unknown.is(error)) throw error;
    });
    await all.promise;
  } finally {
    clearTimeout(timeout);
  }
  const missing = [...runs].filter((run) => !answers.has(run));
  if (missing.length > 0) throw notConfirmed({ seconds: options.timeout, runs: missing });
  return [...answers.values()];
}

function wish(run: string, { reason }: CancelOptions): CancellationRecord {
  const why = reason === undefined ? {} : { reason };
  return { kind: 'cancellation', id: randomUUID(), run, user: userName(), ...why };
}

function tell(answers: readonly Answer[], out: Output): void {
  const isCancelled = ({ state, ended }: Answer): boolean => state === 'cancelled' || ended === 'cancelled';
  out.result({ runs: answers.map(({ run, state, ended }) => ({ run, state: ended ?? state })) }, () =>
    answers.map(line),
  );
  const others = answers.filter((answer) => !isCancelled(answer)).map(({ run }) => run);
  if (others.length > 0) throw notCancelled({ runs: others });
}

function line({ run, state, ended }: Answer): string {
  switch (state) {
    case 'cancelled':
      return `${run}: is being cancelled.`;
    case 'ended':
      return `${run}: has ended before; it is ${ended ?? 'over'}.`;
    case 'unknown':
      return `${run}: not known. Should it be announced within a day, it is refused, or cancelled as it starts.`;
  }
}
