import { digest } from '../core/json.ts';
import { replyMessage } from '../services/reply.ts';
import type { Outgoing } from '../stomp/client.ts';
import type { Cancellation } from './tables/cancellations.ts';
import type { Death } from './tables/records.ts';
import type { ReplyAddress } from './tables/runs.ts';
import { shownTallies, type Tallies } from './states.ts';
import type { RunState } from './views.ts';

/** A run that has ended, as its announcer is told. */
export interface Ending {
  readonly run: string;
  readonly state: Exclude<RunState, 'running'>;
  readonly inferred: boolean;
  /** Over all steps. */
  readonly totals: Tallies;
  /** The first message that ended in a dead-letter queue. */
  readonly firstDeath: Death | undefined;
  readonly cancellation: Cancellation | undefined;
  readonly address: ReplyAddress;
}

/** The one final answer to the announcer of a run, on its way to the replier. */
export function finalReply(ending: Ending, queue: (name: string) => string): Outgoing {
  const { run, state, inferred, totals, address } = ending;
  const reason = reasonOf(ending);
  const body = {
    state,
    ...(reason === undefined ? {} : { reason }),
    ...(inferred ? { inferred } : {}),
    counts: Object.fromEntries(shownTallies.map((tally) => [tally, totals[tally]])),
  };
  const status = state === 'finished' ? 'finished' : 'failed';
  return replyMessage({ run, status, key: digest(run, 'final'), ...address, body }, queue);
}

function reasonOf({ state, totals, firstDeath, cancellation }: Ending): string | undefined {
  if (state === 'finished') return undefined;
  if (state === 'cancelled') return `The run was cancelled${by(cancellation)}.`;
  const count = totals.dead === 1 ? '1 message' : `${String(totals.dead)} messages`;
  const first = firstDeath
    ? `; the first at step ${String(firstDeath.step)} (${firstDeath.service}): ${firstDeath.reason}`
    : '';
  return `${count} ended in a dead-letter queue${first}`;
}

function by(cancellation: Cancellation | undefined): string {
  const { user = null, reason = null } = cancellation ?? {};
  return `${user === null ? '' : ` by ${user}`}${reason === null ? '' : `: ${reason}`}`;
}
