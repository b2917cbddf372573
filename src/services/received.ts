import type { Headers } from '../stomp/frame.ts';
import type { Delivery } from '../stomp/client.ts';
import { sendable } from '../stomp/validate.ts';

/** What the headers of a delivery say, with defaults for messages that other software sent. Times are milliseconds since 1970. */
export interface Received {
  readonly delivery: Delivery;
  /** `baton-key`, or the broker's message id where the sender knows no keys. */
  readonly key: string;
  readonly attempt: number;
  readonly deferral: number;
  /** How often it was sent again out of a dead-letter queue. Attempts and deferrals begin anew with each. */
  readonly reinjected: number;
  readonly sent: number;
  /** When the message failed first, once it has. */
  readonly firstFailure: number | undefined;
  /** The group the sender put it in, from the header of our own: ActiveMQ does not deliver JMSXGroupID after a take-over. */
  readonly group: string | undefined;
  /** True when it came over an `error` link. */
  readonly overErrorLink: boolean;
  /** It was held for something that has happened now. */
  readonly isDue?: boolean;
}

/** Reads the headers that delivery rests on. A header that is no number counts as absent. */
export function received(delivery: Delivery): Received {
  const { headers } = delivery;
  return {
    delivery,
    key: keyOf(headers) ?? delivery.messageId,
    attempt: count(headers, 'baton-attempt') ?? 1,
    deferral: count(headers, 'baton-deferral') ?? 0,
    reinjected: count(headers, 'baton-reinjected') ?? 0,
    sent: count(headers, 'baton-sent') ?? count(headers, 'timestamp') ?? delivery.receivedAt,
    firstFailure: count(headers, 'baton-first-failure'),
    group: headers['baton-group'] ?? headers['JMSXGroupID'],
    overErrorLink: headers['baton-link'] === 'error',
  };
}

/** What names this delivery of the message in the ledger: the same whenever it is settled, and no other's. */
export function deliveryId({ key, attempt, deferral, reinjected }: Received): string {
  return `${key}.${attempt}.${deferral}${reinjected > 0 ? `.r${reinjected}` : ''}`;
}

/** Ours have 32 characters; what is longer than any is no key. */
function keyOf({ 'baton-key': key }: Headers): string | undefined {
  return key === '' || (key?.length ?? 0) > 200 ? undefined : key;
}

function count(headers: Headers, name: string): number | undefined {
  const text = headers[name];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Headers that the broker or the transport put on a delivery: never passed on with a message that is sent again. */
const brokers: ReadonlySet<string> = new Set([
  'message-id',
  'subscription',
  'ack',
  'destination',
  'timestamp',
  'redelivered',
  'content-length',
  'receipt',
  'transaction',
  'expires',
  'original-destination',
  'scheduledJobId',
  'AMQ_SCHEDULED_DELAY',
  'dlqDeliveryFailureCause',
]);

/** The sender's headers of a delivery, without those that the broker added and those that cannot be sent again. */
export function senderHeaders({ headers }: Pick<Delivery, 'headers'>): Record<string, string> {
  const group = headers['baton-group'];
  // ActiveMQ does not deliver JMSXGroupID: sent again without it, the message would leave its group.
  return sendable({ ...without(headers, brokers), ...(group === undefined ? {} : { JMSXGroupID: group }) });
}

/** The headers without some. */
export function without(headers: Readonly<Record<string, string>>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.has(name)));
}

/** The body as it is to be sent again: text stays text. ActiveMQ makes a bytes message, which Python services cannot read, of what carries a `content-length`. */
export function bodyOf({ headers, body }: Pick<Delivery, 'headers' | 'body'>): Buffer | string {
  return headers['content-length'] === undefined ? body.toString('utf8') : body;
}
