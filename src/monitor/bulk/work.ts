import { BatonError } from '../../core/errors.ts';
import { cancelRuns } from '../../services/cancel-runs.ts';
import type { Deed } from '../../access/audit.ts';
import { announcingOf } from '../announcing/start.ts';
import { planChanged } from '../reruns/errors.ts';
import { planRerun } from '../reruns/plan.ts';
import { startRerun } from '../reruns/start-rerun.ts';
import type { RerunWish } from '../reruns/views.ts';
import type { Site } from '../site.ts';
import { notConfirmed } from '../errors.ts';
import type { BulkAction, BulkResult } from './views.ts';

/** Several runs, each with what was shown of it, and what is to be done with them. */
export interface Bulk {
  readonly action: BulkAction;
  readonly runs: readonly { readonly run: string; readonly plan: string }[];
  readonly reason: string;
  /** Whoever sends the same twice does it once. */
  readonly key: string;
}

/** Seconds that the ledger has for its answer. */
const patience = 10;

/**
 * Does it with one run after the other, each with an entry in the audit that names what they share, and yields what became
 * of each. What goes wrong with one holds up no other.
 */
export async function* work(
  site: Site,
  bulk: Bulk,
  deedOf: (run: string, reason: string) => Deed,
): AsyncGenerator<BulkResult> {
  const { runs, reason, key } = bulk;
  for (const [index, { run, plan }] of runs.entries()) {
    const why = `${reason} (${String(index + 1)} of ${String(runs.length)} at once, ${key.slice(0, 8)})`;
    const deed = deedOf(run, why);
    try {
      yield await site.access.audit.of(
        deed,
        async () => one(site, bulk, { run, plan, who: deed.who }),
        ({ words }) => words,
      );
    } catch (error) {
      if (!(error instanceof BatonError)) throw error;
      yield { run, isDone: false, words: `${error.message.replace(/\.?$/, '.')} ${error.next}` };
    }
  }
}

interface One {
  readonly run: string;
  readonly plan: string;
  readonly who: string;
}

async function one(site: Site, { action, key, reason }: Bulk, one: One): Promise<BulkResult> {
  return action.what === 'cancel' ? cancel(site, one, reason) : rerun(site, one, action.wish, key);
}

async function cancel({ client }: Site, { run, who }: One, reason: string): Promise<BulkResult> {
  const given = (await cancelRuns(client, new Set([run]), { user: who, reason, timeout: patience })).get(run);
  if (!given) throw notConfirmed({ run, seconds: patience });
  const { state, ended } = given;
  return { run, isDone: state === 'cancelled', words: ended === undefined ? state : `${state} before: ${ended}` };
}

async function rerun(site: Site, { run, plan, who }: One, wish: RerunWish, key: string): Promise<BulkResult> {
  const planned = await planRerun(site.ledger.queries, run, wish, announcingOf(site));
  if (planned.preview.plan !== plan) throw planChanged({ what: run });
  const { status, run: started, reason } = await startRerun(site, planned, key, who);
  const words = reason === undefined ? status : `${status}: ${reason}`;
  const isStarted = status === 'accepted' || status === 'waiting';
  return { run, isDone: isStarted, words, ...(isStarted ? { started } : {}) };
}
