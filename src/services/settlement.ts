import type { Delivery, Outgoing } from '../stomp/client.ts';
import type { LedgerRecord } from './record.ts';

/**
 * What was decided about a message (or about all messages of a join): what is sent, and what the ledger is told. It
 * does not name the deliveries it acknowledges: when the connection was lost on the way, the same messages come again
 * as new deliveries, and the same decision settles those without a handler running again.
 */
export interface Decision {
  readonly sends: readonly Outgoing[];
  readonly records: readonly LedgerRecord[];
  /** Called once it is settled. */
  readonly settled?: (() => void) | undefined;
}

/** One transaction's worth. All or nothing. */
export interface Settlement extends Decision {
  readonly acks: readonly Delivery[];
}
