import { digest } from '../core/json.ts';
import type { Outgoing } from '../stomp/client.ts';
import { EnvelopePrinter, runOf } from '../recipes/message.ts';
import type { NextMessage } from '../recipes/route.ts';
import type { Destinations } from './names.ts';
import type { SentOutput, StartedMessage } from './record.ts';
import { contextOf } from './run-context.ts';
import { parked } from './parking.ts';

/** The priority of messages whose run names none: STOMP brokers' own default. */
const standardPriority = 4;
/** The ledger keeps payloads up to so many bytes; of longer ones their length and hash. */
const keptPayload = 8_192;

interface Sending {
  readonly destinations: Destinations;
  /** ms since 1970. */
  readonly now: number;
}

/** The frames of messages to steps: to queue, topic, or both; delayed ones parked. */
export function stepMessages(next: readonly NextMessage[], sending: Sending): Outgoing[] {
  const printer = new EnvelopePrinter();
  return next.flatMap((message) => frames(message, printer.print(message.envelope, message.payload), sending));
}

/** How many messages go to the queue of each step. Topics are not counted. */
export function countSends(next: readonly Pick<NextMessage, 'step' | 'queue'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { step, queue } of next) if (queue !== undefined) counts[step] = (counts[step] ?? 0) + 1;
  return counts;
}

/** What the ledger keeps of a message that was sent. */
export function sentOutput({ step, channel, key, envelope, payload }: NextMessage): SentOutput {
  const bytes = Buffer.byteLength(payload);
  const kept = bytes <= keptPayload ? { payload: envelope.payload } : { hash: digest(payload) };
  return { step, channel, key, bytes, ...kept };
}

/** What the ledger keeps of the messages that a run begins with, as far as they are counted. */
export function startedMessages(start: readonly NextMessage[]): readonly StartedMessage[] {
  return start
    .filter(({ queue }) => queue !== undefined)
    .map((message) => ({ ...sentOutput(message), ...(message.link === 'error' ? { overErrorLink: true } : {}) }));
}

function frames(message: NextMessage, body: string, { destinations, now }: Sending): Outgoing[] {
  const headers = stepHeaders(message, now);
  const toQueue = (name: string): Outgoing => {
    const frame = { destination: destinations.queue(name), headers, body };
    return message.delay > 0 ? parked(frame, message.delay * 1000, now, destinations) : frame;
  };
  return [
    ...(message.queue === undefined ? [] : [toQueue(message.queue)]),
    ...(message.topic === undefined ? [] : [{ destination: destinations.topic(message.topic), headers, body }]),
  ];
}

function stepHeaders({ key, link, group, envelope }: NextMessage, now: number): Record<string, string> {
  return {
    'workflows-recipe': 'True',
    persistent: 'true',
    priority: String(contextOf(envelope.environment).priority ?? standardPriority),
    'baton-key': key,
    'baton-run': runOf(envelope),
    'baton-attempt': '1',
    'baton-deferral': '0',
    'baton-sent': String(now),
    ...(link === 'error' ? { 'baton-link': 'error' } : {}),
    // ActiveMQ does not deliver JMSXGroupID again after a take-over, so the group stands in a header of our own as well.
    ...(group === undefined ? {} : { JMSXGroupID: group, 'baton-group': group }),
  };
}
