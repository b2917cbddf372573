import type { HealthState, HolderView, PauseView, QueueView, ServiceView, UntakenView } from '../api.ts';
import type { Stalled } from '../../reprocess/reprocessing.ts';
import type { Limits } from '../limits.ts';
import type { StoreFigures } from '../stores.ts';
import type { BrokerUsage } from '../queues.ts';

/** What the checks look at. Times are milliseconds since 1970. */
export interface Facts {
  readonly now: number;
  readonly limits: Limits;
  /** The monitor's own version. */
  readonly version: string;
  /** Why there is no connection to the broker; undefined while there is one. */
  readonly disconnected: string | undefined;
  /** Seconds that the broker's last answer took, or has been waited for. */
  readonly answerSeconds: number | undefined;
  readonly usage: BrokerUsage;
  /** Why the ledger enters nothing; undefined while it does. */
  readonly ledgerTrouble: string | undefined;
  /** It is above the size that it may have, and no run that has ended may be removed. */
  readonly isLedgerTooLarge: boolean;
  /** Messages that came to the ledger, were no records, and are there to be looked at. */
  readonly malformed: number;
  /** When the broker last told of its queues; undefined when it never did. */
  readonly queuesTold: number | undefined;
  readonly queues: readonly QueueView[];
  /** Since when queues hold messages without having a consumer. */
  readonly unreadSince: ReadonlyMap<string, number>;
  /** Since when, at least, the oldest message of a queue waits. */
  readonly oldestSince: ReadonlyMap<string, number>;
  readonly services: readonly ServiceView[];
  /** Programs that wait and that nothing takes, and who holds some and has fallen silent. */
  readonly jobs: { readonly untaken: readonly UntakenView[]; readonly unheard: readonly HolderView[] };
  /** Services that are held back, in words, and since when. */
  readonly heldBackSince: ReadonlyMap<string, number>;
  readonly pauses: readonly PauseView[];
  /** How far the clocks of hosts, and of the `broker`, are ahead of this one's. */
  readonly clocks: ReadonlyMap<string, number>;
  readonly stores: readonly StoreFigures[];
  /** Within the last ten minutes. */
  readonly newDeadLetters: number;
  readonly newOverBudget: number;
  /** Back-fills that nothing holds, and since when they have not moved. */
  readonly backfills: readonly Stalled[];
  /** Whoever is to be told when something is wrong, and cannot be; undefined where nobody is to be. */
  readonly untold: readonly Untold[] | undefined;
}

/** One who cannot be told. */
export interface Untold {
  readonly receiver: string;
  readonly reason: string;
}

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly state: HealthState;
  readonly message: string;
  readonly advice?: string;
  /** Where the page shows what was found. */
  readonly see?: string;
}

/** Looks at one thing; undefined where there is no such thing at this site. */
export type Check = (facts: Facts) => Finding | undefined;
