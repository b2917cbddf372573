import type { QueueView } from '../api.ts';
import type { Site } from '../site.ts';
import type { Figure, Value } from './figure.ts';

const label = { queue: 'the broker’s queues, the deepest first' };

function queue(name: string, kind: Figure['kind'], help: string, read: (queue: QueueView) => number): Figure {
  const values = (site: Site): readonly Value[] => deepest(site).map((view) => [{ queue: view.name }, read(view)]);
  return { name, kind, help, labels: label, read: values };
}

/** What waits in the broker. */
export const queueFigures: readonly Figure[] = [
  {
    name: 'baton_queue_messages',
    kind: 'gauge',
    help: 'Messages in each queue: waiting, or sent to a consumer and not acknowledged.',
    labels: { ...label, state: 'waiting, in-flight' },
    read: (site) =>
      deepest(site).flatMap(({ name, waiting, inFlight }) => [
        [{ queue: name, state: 'waiting' }, waiting] as const,
        [{ queue: name, state: 'in-flight' }, inFlight] as const,
      ]),
  },
  queue('baton_queue_consumers', 'gauge', 'Consumers of each queue.', ({ consumers }) => consumers),
  queue(
    'baton_queue_enqueued_total',
    'counter',
    'Messages that came into each queue since the broker started.',
    ({ enqueued }) => enqueued,
  ),
  queue(
    'baton_queue_dequeued_total',
    'counter',
    'Messages that left each queue since the broker started.',
    ({ dequeued }) => dequeued,
  ),
  {
    name: 'baton_queue_oldest_seconds',
    kind: 'gauge',
    help: 'How long the oldest message of each queue waits at least; not of dead letters and what is parked.',
    labels: { queue: 'those in which messages wait, the oldest first' },
    read: ({ watches, clock }) =>
      [...watches.queueWatch.oldest.since]
        .sort(([, a], [, b]) => a - b)
        .map(([name, since]) => [{ queue: name }, Math.max(0, clock.now() - since) / 1000]),
  },
];

function deepest(site: Site): readonly QueueView[] {
  return site.queues().toSorted((a, b) => b.waiting + b.inFlight - a.waiting - a.inFlight);
}
