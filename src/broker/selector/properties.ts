import type { Headers } from '../../stomp/frame.ts';
import type { Lookup } from './parser.ts';
import type { Value } from './value.ts';

/** What a selector sees of a message: its headers, of which those that JMS knows have JMS's names only, as on ActiveMQ. */
export function propertiesOf(headers: Headers, redelivered: boolean): Lookup {
  return (name) => {
    const property = JMS[name];
    if (property) return property(headers, redelivered);
    return HIDDEN.has(name) ? null : (headers[name] ?? null);
  };
}

type Property = (headers: Headers, redelivered: boolean) => Value;

const text =
  (header: string): Property =>
  (headers) =>
    headers[header] ?? null;

const number =
  (header: string): Property =>
  (headers) => {
    const value = headers[header];
    return value === undefined || Number.isNaN(Number(value)) ? null : Number(value);
  };

const address =
  (header: string): Property =>
  (headers) => {
    const [, kind, name] = /^\/(?:remote-)?([a-z-]+)\/(.*)$/.exec(headers[header] ?? '') ?? [];
    return kind === undefined || name === undefined ? null : `${kind}://${name}`;
  };

const JMS: Readonly<Record<string, Property>> = Object.assign(Object.create(null) as Record<string, Property>, {
  JMSCorrelationID: text('correlation-id'),
  JMSDeliveryMode: (headers: Headers) => (headers['persistent'] === 'true' ? 'PERSISTENT' : 'NON_PERSISTENT'),
  JMSDestination: address('destination'),
  JMSExpiration: number('expires'),
  JMSMessageID: text('message-id'),
  JMSPriority: number('priority'),
  JMSRedelivered: (_headers: Headers, redelivered: boolean) => redelivered,
  JMSReplyTo: address('reply-to'),
  JMSTimestamp: number('timestamp'),
  JMSType: text('type'),
  JMSXGroupSeq: number('JMSXGroupSeq'),
});

/** Names of STOMP's for what is JMS's, or not the message's. */
const HIDDEN: ReadonlySet<string> = new Set(['destination', 'expires', 'persistent', 'priority', 'timestamp', 'type']);
