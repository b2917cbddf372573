import type { Delivery, Outgoing } from '../stomp/client.ts';
import { deadLetterQueue } from './names.ts';
import { causeOf } from './outcome.ts';
import { bodyOf } from './received.ts';
import type { LedgerRecord } from './record.ts';
import { errorHeaders } from './route.ts';
import type { Decision } from './settlement.ts';

/** What is left of a failure that cannot be sent either: dead letters with none of their messages' headers, and records that tell so. */
export function bareLetters(deliveries: readonly Delivery[], failure: Decision, error: unknown): Decision {
  return {
    sends: deliveries.map((delivery) => bareLetter(delivery, error)),
    records: failure.records.map(asDead),
  };
}

function bareLetter(delivery: Delivery, error: unknown): Outgoing {
  const { destination } = delivery;
  const headers = { ...errorHeaders(causeOf(error, 'refused')), 'original-destination': destination };
  return { destination: deadLetterQueue(destination), headers, body: bodyOf(delivery) };
}

/** No retry, and no message over an error link: told of those, the ledger would wait for them for ever. */
function asDead(record: LedgerRecord): LedgerRecord {
  return record.kind === 'step' ? { ...record, outcome: 'dead', sends: {}, outputs: [] } : record;
}
