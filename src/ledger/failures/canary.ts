import type { DatabaseSync } from 'node:sqlite';
import type { CanaryOutcome, LetterAction, LetterActionKind } from './failure-views.ts';

/** A row of what was done with letters. */
export interface ActionRow {
  readonly seq: number;
  readonly kind: LetterActionKind;
  readonly user: string;
  readonly reason: string;
  readonly started: number;
  readonly ended: number | null;
  readonly state: LetterAction['state'];
  readonly wanted: number;
  readonly moved: number;
  readonly problem: string | null;
  readonly run: string | null;
  readonly key: string | null;
  readonly reinjected: number | null;
}

/** The action, and of a canary what has become of it. */
export function actionOf(database: DatabaseSync, row: ActionRow): LetterAction {
  const { seq, kind, user, reason, started, ended, state, wanted, moved, problem } = row;
  return {
    ...{ n: seq, kind, user, reason, started, state, wanted, moved },
    ...(ended === null ? {} : { ended }),
    ...(problem === null ? {} : { problem }),
    ...(kind === 'canary' && row.key !== null ? { canary: outcomeOf(database, row, row.key) } : {}),
  };
}

/** What the ledger heard of the message since it was sent again. */
function outcomeOf(database: DatabaseSync, { run, reinjected }: ActionRow, key: string): CanaryOutcome {
  const known = database.prepare('SELECT seq, recipes FROM runs WHERE id = ?').get(run);
  if (!known) {
    const diedAgain = database
      .prepare('SELECT message, died FROM failures WHERE run = ? AND key = ? AND reinjected >= ?')
      .get(run, key, reinjected);
    return diedAgain
      ? { state: 'failed', message: String(diedAgain['message']), time: Number(diedAgain['died']) }
      : { state: 'unknown' };
  }
  const delivery = database
    .prepare(
      `SELECT outcome, code, message, finished FROM deliveries WHERE run = ? AND id >= ? AND id < ? AND reinjected >= ?
       ORDER BY seq DESC LIMIT 1`,
    )
    // Ids are `key.attempt.deferral`, and "/" comes right after ".".
    .get(Number(known['seq']), `${key}.`, `${key}/`, reinjected ?? 0);
  const at = { run: String(run) };
  if (!delivery) return { ...at, state: 'waiting' };
  const { outcome, code, message, finished } = delivery;
  const told = {
    ...at,
    time: Number(finished),
    ...(message === null ? {} : { message: `${code === null ? '' : `${String(code)}: `}${String(message)}` }),
  };
  return { ...told, state: stateOf(String(outcome)) };
}

function stateOf(outcome: string): CanaryOutcome['state'] {
  if (outcome === 'retry' || outcome === 'later') return 'trying';
  return outcome === 'dead' || outcome === 'error-link' ? 'failed' : 'well';
}
