import type { Delivery, Outgoing } from '../stomp/client.ts';
import type { LedgerRecord } from './record.ts';

/** One transaction's worth: what it acknowledges, what it sends, what it tells the ledger. All or nothing. */
export interface Settlement {
  readonly acks: readonly Delivery[];
  readonly sends: readonly Outgoing[];
  readonly records: readonly LedgerRecord[];
}

/**
 * How deliveries that were decided are settled, as a pure function: when the connection was lost on the way, the same
 * messages come again as new deliveries, and the same decision is applied to those without running a handler again.
 */
export type Decision = (deliveries: readonly Delivery[]) => Settlement;
