import type { Command } from 'commander';
import { cancelRuns, type CancelAnswer } from '../services/cancel-runs.ts';
import type { Client } from '../stomp/client.ts';
import { connect } from './connect.ts';
import { notCancelled, notConfirmed } from './errors.ts';
import { configOf, runId, seconds, withCommon, type CommonOptions } from './options.ts';
import { output, type Output } from './output.ts';
import { userName } from './user.ts';

interface CancelOptions extends CommonOptions {
  readonly reason?: string;
  readonly timeout: number;
}

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
async function cancel(
  client: Client,
  runs: ReadonlySet<string>,
  options: CancelOptions,
): Promise<readonly CancelAnswer[]> {
  const { reason, timeout } = options;
  const wish = { user: userName(), timeout, isAudited: false, ...(reason === undefined ? {} : { reason }) };
  const answers = await cancelRuns(client, runs, wish);
  const missing = [...runs].filter((run) => !answers.has(run));
  if (missing.length > 0) throw notConfirmed({ seconds: timeout, runs: missing });
  return [...answers.values()];
}

function tell(answers: readonly CancelAnswer[], out: Output): void {
  const isCancelled = ({ state, ended }: CancelAnswer): boolean => state === 'cancelled' || ended === 'cancelled';
  out.result({ runs: answers.map(({ run, state, ended }) => ({ run, state: ended ?? state })) }, () =>
    answers.map(line),
  );
  const others = answers.filter((answer) => !isCancelled(answer)).map(({ run }) => run);
  if (others.length > 0) throw notCancelled({ runs: others });
}

function line({ run, state, ended }: CancelAnswer): string {
  switch (state) {
    case 'cancelled':
      return `${run}: is being cancelled.`;
    case 'ended':
      return `${run}: has ended before; it is ${ended ?? 'over'}.`;
    case 'unknown':
      return `${run}: not known. Should it be announced within a day, it is refused, or cancelled as it starts.`;
  }
}
