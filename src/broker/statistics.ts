import type { Frame } from '../stomp/frame.ts';
import { matches, parseDestination, type Destination } from './destination.ts';
import { requiredHeader } from './headers.ts';
import type { Exchange } from './exchange.ts';
import { imprint } from './imprint.ts';
import type { Draft, Target } from './message.ts';
import type { Queue } from './queue.ts';
import type { Session } from './session.ts';

const PREFIX = 'ActiveMQ.Statistics.Destination.';

/** The queues that a SEND to this destination asks for (with wildcards); undefined when it is an ordinary message. */
export function statisticsPattern({ kind, name }: Destination): string | undefined {
  return kind === 'queue' && name.startsWith(PREFIX) ? name.slice(PREFIX.length) : undefined;
}

/** Sends the figures of each queue to the reply-to of the question, after all that was sent before it. */
export function answerStatistics(session: Session, frame: Frame, pattern: string): void {
  const { exchange, peer } = session;
  const replyTo = requiredHeader(frame, 'reply-to', 'the queue for the answer');
  const target = session.target(parseDestination(frame.command, replyTo));
  exchange.turn.then(() => {
    const asked = exchange.destinations.queues().filter((queue) => matches(pattern, queue.name));
    const sends = asked.map((queue) => answer(exchange, queue, target, frame.headers['correlation-id']));
    exchange.perform({ sends, failed: (error) => peer.fail(error, frame) });
  });
}

/** As ActiveMQ's statistics plugin answers a subscription with `transformation:jms-map-json`. */
function answer(exchange: Exchange, queue: Queue, target: Target, correlationId: string | undefined): Draft {
  const id = exchange.nextNumber();
  const own = {
    'message-id': `ID-${exchange.epoch}-${String(id)}`,
    destination: target.shown,
    timestamp: String(exchange.clock.now()),
    expires: '0',
    priority: '4',
    type: 'Advisory',
    transformation: 'jms-map-json',
    ...(correlationId === undefined ? {} : { 'correlation-id': correlationId }),
  };
  const body = Buffer.from(JSON.stringify({ map: { entry: entries(exchange, queue) } }));
  const frame = imprint(own, {}, body);
  return { id, target, priority: 4, due: 0, expires: 0, group: undefined, closesGroup: false, frame };
}

/** Of ActiveMQ's figures those that do not speak of its memory. The counts are since the broker started. */
function entries(exchange: Exchange, queue: Queue): readonly object[] {
  const { enqueued, dequeued, dispatched, expired } = queue.counts;
  const counts = {
    size: queue.size,
    enqueueCount: enqueued,
    dequeueCount: dequeued,
    dispatchCount: dispatched,
    inflightCount: queue.inFlight,
    expiredCount: expired,
    consumerCount: queue.consumers,
    producerCount: 0,
  };
  const texts = { destinationName: `queue://${queue.name}`, brokerName: 'baton', brokerId: exchange.epoch };
  return [
    ...Object.entries(counts).map(([name, count]) => ({ string: name, long: count })),
    ...Object.entries(texts).map((pair) => ({ string: pair })),
  ];
}
