import { bytesOf, controlText, encodeControl } from './encode.ts';
import { type Delivery, encodeSend, type Outgoing } from './message.ts';

/** What happens together or not at all. */
export interface Transaction {
  readonly ack: readonly Delivery[];
  readonly send: readonly Outgoing[];
}

/**
 * All frames of a transaction, to be written in one piece. Only the last asks for a receipt: from a SEND inside a
 * transaction that asks for none, ActiveMQ marks the transaction as to be rolled back when that SEND fails; from one
 * that asks, it commits the rest. A single frame needs no transaction.
 */
export function encodeTransaction({ ack, send }: Transaction, transaction: string, receipt: string): Buffer {
  const [acked] = ack;
  const [sent] = send;
  if (acked && ack.length === 1 && !sent) return encodeControl('ACK', { id: acked.ackId, receipt });
  if (sent && send.length === 1 && !acked) return bytesOf(encodeSend(sent, { receipt }));
  return bytesOf([
    controlText('BEGIN', { transaction }),
    ...ack.map(({ ackId }) => controlText('ACK', { id: ackId, transaction })),
    ...send.flatMap((message) => encodeSend(message, { transaction })),
    controlText('COMMIT', { transaction, receipt }),
  ]);
}

/** The transaction in words, as in "Whether … happened". */
export function describeTransaction({ ack, send }: Transaction): string {
  const [only] = send;
  if (ack.length === 0 && only && send.length === 1) return `the message to ${only.destination}`;
  return `the transaction of ${String(ack.length)} acknowledged and ${String(send.length)} sent`;
}
