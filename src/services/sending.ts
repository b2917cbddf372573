import { digest } from '../core/json.ts';
import type { Outgoing } from '../stomp/client.ts';
import { EnvelopePrinter, runOf } from '../recipes/message.ts';
import type { NextMessage } from '../recipes/route.ts';
import type { Destinations } from './names.ts';
import { payloadText, type PrintedOutput } from './record-printer.ts';
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
  const frames: Outgoing[] = [];
  for (const message of next) addFrames(frames, message, printer.print(message.envelope, message.payload), sending);
  return frames;
}

/** How many messages go to the queue of each step. Topics are not counted. */
export function countSends(next: readonly Pick<NextMessage, 'step' | 'queue'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { step, queue } of next) if (queue !== undefined) counts[step] = (counts[step] ?? 0) + 1;
  return counts;
}

/** What the ledger keeps of a message that was sent. */
export function sentOutput({ step, channel, key, envelope, payload }: NextMessage): SentOutput | PrintedOutput {
  const bytes = Buffer.byteLength(payload);
  return bytes <= keptPayload
    ? { step, channel, key, bytes, payload: envelope.payload, [payloadText]: payload }
    : { step, channel, key, bytes, hash: digest(payload) };
}

/** What the ledger keeps of the messages that a run begins with, as far as they are counted. */
export function startedMessages(start: readonly NextMessage[]): readonly StartedMessage[] {
  return start
    .filter(({ queue }) => queue !== undefined)
    .map((message) => ({ ...sentOutput(message), ...(message.link === 'error' ? { overErrorLink: true } : {}) }));
}

function addFrames(frames: Outgoing[], message: NextMessage, body: string, { destinations, now }: Sending): void {
  const { queue, topic, delay } = message;
  const headers = stepHeaders(message, now);
  if (queue !== undefined) {
    const frame = { destination: destinations.queue(queue), headers, body };
    frames.push(delay > 0 ? parked(frame, delay * 1000, now, destinations) : frame);
  }
  if (topic !== undefined) frames.push({ destination: destinations.topic(topic), headers, body });
}

function stepHeaders({ key, link, group, envelope }: NextMessage, now: number): Record<string, string> {
  const headers: Record<string, string> = {
    'workflows-recipe': 'True',
    persistent: 'true',
    priority: String(contextOf(envelope.environment).priority ?? standardPriority),
    'baton-key': key,
    'baton-run': runOf(envelope),
    'baton-attempt': '1',
    'baton-deferral': '0',
    'baton-sent': String(now),
  };
  if (link === 'error') headers['baton-link'] = 'error';
  // ActiveMQ does not deliver JMSXGroupID again after a take-over, so the group stands in a header of our own as well.
  if (group !== undefined) headers['JMSXGroupID'] = headers['baton-group'] = group;
  return headers;
}
