import type { QueueView } from '../../../src/monitor/api.ts';

/** What kind of attention a queue asks for. */
export type QueueKind = 'flowing' | 'parked' | 'no consumer' | 'dead letters';

/** `parked` queues hold messages until they are due; a dead-letter queue asks for attention as long as anything is in it. */
export function queueKind(queue: QueueView): QueueKind {
  if (/(^|\.)DLQ\./.test(queue.name)) return queue.waiting > 0 ? 'dead letters' : 'flowing';
  if (queue.waiting > 0 && queue.consumers === 0) return 'no consumer';
  return /(^|\.)baton\.later\.[\d.]+$/.test(queue.name) ? 'parked' : 'flowing';
}

/** The deepest first, then those with traffic; of the others Baton's own come last, and numbers in names count as numbers. */
export function byDepth(a: QueueView, b: QueueView): number {
  const busy = ({ inRate, outRate }: QueueView): number => Number(inRate + outRate > 0);
  const own = ({ name }: QueueView): number => Number(/(^|\.)baton\./.test(name));
  return (
    b.waiting - a.waiting ||
    b.inFlight - a.inFlight ||
    busy(b) - busy(a) ||
    own(a) - own(b) ||
    a.name.localeCompare(b.name, 'en', { numeric: true })
  );
}

/** The word beside the queue's name; nothing for a queue that simply flows. */
export function queueWord(kind: QueueKind): string {
  return kind === 'flowing' ? '' : kind;
}
