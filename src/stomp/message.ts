import { encodeMessage, type Pieces } from './encode.ts';
import type { Frame, Headers } from './frame.ts';

/** A message to send. A string goes without content-length, which makes a text message of it on ActiveMQ; a Buffer with. */
export interface Outgoing {
  /** As in `/queue/name`; the client's `queue` and `topic` add the namespace. */
  readonly destination: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** A message received, and what is needed to settle it on the connection over which it came. */
export interface Delivery {
  /** The broker's id of the message: the same when it is delivered again, even after the broker was restarted. */
  readonly messageId: string;
  readonly destination: string;
  readonly headers: Headers;
  readonly body: Buffer;
  /** Which connection of the client it came over, counted from 1. */
  readonly epoch: number;
  readonly ackId: string;
  readonly redelivered: boolean;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
}

/** A MESSAGE frame as a delivery. */
export function deliveryOf({ headers, body }: Frame, epoch: number, receivedAt: number): Delivery {
  return {
    messageId: headers['message-id'] ?? '',
    destination: headers['destination'] ?? '',
    headers,
    body,
    epoch,
    ackId: headers['ack'] ?? '',
    redelivered: headers['redelivered'] === 'true',
    receivedAt,
  };
}

/** The SEND frame; `extra` are headers of the protocol (`transaction`, `receipt`). */
export function encodeSend(message: Outgoing, extra: Readonly<Record<string, string>>): Pieces {
  const { destination, headers = {}, body } = message;
  const isDurable = headers['persistent'] === undefined && destination.startsWith('/queue/');
  const own = isDurable ? { destination, persistent: 'true', ...extra } : { destination, ...extra };
  return encodeMessage(headers, own, body);
}
