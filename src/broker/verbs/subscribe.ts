import type { Frame } from '../../stomp/frame.ts';
import { Browse } from '../browse.ts';
import { parseDestination, type Destination } from '../destination.ts';
import { headerRefused, subscriptionOpen } from '../errors.ts';
import { integerHeader, requiredHeader } from '../headers.ts';
import type { Queue } from '../queue.ts';
import type { Listening, Session } from '../session.ts';
import { parseSelector } from '../selector/selector.ts';
import { Subscription, type AckMode, type SubscriptionOptions } from '../subscription.ts';

/** What ActiveMQ delivers before the first acknowledgement when the client does not say; 0 would never deliver. */
const PREFETCH = { from: 1, to: 1_000_000, otherwise: 1000 };
const CONSUMER_PRIORITY = { from: -127, to: 127, otherwise: 0 };

const ACK_MODES: readonly AckMode[] = ['auto', 'client', 'client-individual'];

/** SUBSCRIBE: to a queue, a temporary queue of this connection, or topics; or, with `browser:true`, a look into a queue. */
export function subscribe(session: Session, frame: Frame): void {
  const { command, headers } = frame;
  const destination = parseDestination(command, headers['destination']);
  session.permit('read', destination);
  const options = optionsFrom(frame);
  if (session.listening.has(options.id)) throw subscriptionOpen({ id: options.id });
  session.listening.set(options.id, listen(session, destination, options, headers['browser'] === 'true'));
}

function listen(
  session: Session,
  destination: Destination,
  options: SubscriptionOptions,
  isBrowser: boolean,
): Listening {
  if (destination.kind === 'topic' && !isBrowser) return listenToTopic(session, destination, options);
  if (destination.kind === 'queue' && destination.isPattern && !isBrowser) {
    return consumePattern(session, destination.name, options);
  }
  const queue = queueOf(session, destination);
  if (!isBrowser) return consume(session, queue, options);
  const { turn } = session.exchange;
  const browse = new Browse(options, queue, session, (one) => turn.wake(one));
  browse.wake();
  return browse;
}

function queueOf(session: Session, { kind, name, text, isPattern }: Destination): Queue {
  if (kind === 'queue' && !isPattern) return session.exchange.destinations.queue(name);
  if (kind === 'temporary' && !isPattern) return session.temporary(name);
  const expected =
    'one queue, or a temporary queue of this connection; a browse and temporary queues know no wildcards';
  throw headerRefused({ command: 'SUBSCRIBE', header: 'destination', value: text, expected });
}

function consume(session: Session, queue: Queue, options: SubscriptionOptions): Listening {
  const subscription = new Subscription(options, session);
  subscription.attachTo(queue);
  return { wake: () => subscription.wake(), end: () => session.endSubscription(subscription) };
}

/** From all queues of the pattern, as one subscription with one prefetch. */
function consumePattern(session: Session, pattern: string, options: SubscriptionOptions): Listening {
  const subscription = new Subscription(options, session);
  const leave = session.exchange.destinations.follow(pattern, (queue) => subscription.attachTo(queue));
  return {
    wake: () => subscription.wake(),
    end: () => {
      leave();
      session.endSubscription(subscription);
    },
  };
}

/** What is published is collected in a queue in memory of which this subscription is the one consumer. */
function listenToTopic(session: Session, { name, text }: Destination, options: SubscriptionOptions): Listening {
  const { destinations, limits, events } = session.exchange;
  const queue = destinations.privateQueue({ name, address: text, shown: text });
  const leave = destinations.topics.subscribe({
    pattern: name,
    queue,
    selector: options.selector,
    allowedBytes: limits.temporaryBytes,
    onDropped: () => events.emit('dropped', { topic: name, session: session.id }),
  });
  // What it does not want never comes into its queue.
  const consuming = consume(session, queue, { ...options, selector: undefined });
  return {
    wake: () => consuming.wake(),
    end: () => {
      leave();
      consuming.end();
      queue.discard();
    },
  };
}

function optionsFrom(frame: Frame): SubscriptionOptions {
  const { command, headers } = frame;
  const { ack = 'auto', selector } = headers;
  const mode = ACK_MODES.find((one) => one === ack);
  if (mode === undefined) {
    throw headerRefused({ command, header: 'ack', value: ack, expected: `one of ${ACK_MODES.join(', ')}` });
  }
  return {
    id: requiredHeader(frame, 'id', 'a name of its own for each subscription of the connection'),
    ack: mode,
    prefetch: integerHeader(frame, 'activemq.prefetchSize', PREFETCH),
    priority: integerHeader(frame, 'activemq.priority', CONSUMER_PRIORITY),
    exclusive: headers['activemq.exclusive'] === 'true',
    selector: selector === undefined ? undefined : parseSelector(selector),
  };
}
