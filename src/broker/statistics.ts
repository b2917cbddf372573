import type { Frame } from '../stomp/frame.ts';
import { matches, parseDestination, type Destination } from './destination.ts';
import { requiredHeader } from './headers.ts';
import type { Exchange } from './exchange.ts';
import { imprint } from './imprint.ts';
import type { Draft, Target } from './message.ts';
import type { Queue } from './queue.ts';
import type { Session } from './session.ts';

const OF_BROKER = 'ActiveMQ.Statistics.Broker';
const OF_QUEUES = 'ActiveMQ.Statistics.Destination.';

/** What a SEND asks for: the figures of the broker, or of the queues of a pattern. */
export type Question = { readonly of: 'broker' } | { readonly of: 'queues'; readonly pattern: string };

/** The question that a SEND to this destination is; undefined when it is an ordinary message. */
export function statisticsQuestion({ kind, name }: Destination): Question | undefined {
  if (kind !== 'queue') return undefined;
  if (name === OF_BROKER) return { of: 'broker' };
  return name.startsWith(OF_QUEUES) ? { of: 'queues', pattern: name.slice(OF_QUEUES.length) } : undefined;
}

/** Sends the figures, a message for each queue, to the reply-to of the question, after all that was sent before it. */
export function answerStatistics(session: Session, frame: Frame, question: Question): void {
  const { exchange, peer } = session;
  const replyTo = requiredHeader(frame, 'reply-to', 'the queue for the answer');
  const destination = parseDestination(frame.command, replyTo);
  session.permit('write', destination);
  const target = session.target(destination);
  exchange.turn.then(() => {
    const sends = figuresFor(exchange, question).map((figures) => answer(exchange, figures, target, frame));
    exchange.perform({ writer: peer, sends, failed: (error) => peer.fail(error, frame) });
  }, peer);
}

/** As ActiveMQ's statistics plugin answers a subscription with `transformation:jms-map-json`. */
function answer(exchange: Exchange, figures: Figures, target: Target, { headers }: Frame): Draft {
  const correlationId = headers['correlation-id'];
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
  const body = Buffer.from(JSON.stringify({ map: { entry: entries(figures) } }));
  const frame = imprint(own, {}, body);
  return { id, target, priority: 4, due: 0, expires: 0, group: undefined, closesGroup: false, frame };
}

/** By ActiveMQ's names, those that do not speak of its memory. The counts are since the broker started. */
type Figures = Readonly<Record<string, number | string>>;

function figuresFor(exchange: Exchange, question: Question): readonly Figures[] {
  const queues = exchange.destinations.queues();
  const broker = { brokerName: 'baton', brokerId: exchange.epoch };
  if (question.of === 'broker') return [{ ...total(queues.map(countsOf)), ...exchange.storeFigures(), ...broker }];
  const asked = queues.filter(({ name }) => matches(question.pattern, name));
  return asked.map((queue) => ({ ...countsOf(queue), destinationName: `queue://${queue.name}`, ...broker }));
}

type Counts = ReturnType<typeof countsOf>;

function countsOf(queue: Queue) {
  const { enqueued, dequeued, dispatched, expired } = queue.counts;
  return {
    size: queue.size,
    enqueueCount: enqueued,
    dequeueCount: dequeued,
    dispatchCount: dispatched,
    inflightCount: queue.inFlight,
    expiredCount: expired,
    consumerCount: queue.consumers,
    producerCount: 0,
  };
}

function total(all: readonly Counts[]): Figures {
  const sum = (name: keyof Counts): number => all.reduce((count, one) => count + one[name], 0);
  return Object.fromEntries(NAMES.map((name) => [name, sum(name)]));
}

const NAMES = [
  'size',
  'enqueueCount',
  'dequeueCount',
  'dispatchCount',
  'inflightCount',
  'expiredCount',
  'consumerCount',
  'producerCount',
] as const satisfies readonly (keyof Counts)[];

function entries(figures: Figures): readonly object[] {
  return Object.entries(figures).map(([name, value]) =>
    typeof value === 'number' ? { string: name, long: value } : { string: [name, value] },
  );
}
