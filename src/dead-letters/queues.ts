import { askQueues } from '../services/ask-queues.ts';
import { deadLetterQueue } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';

/** A queue of dead letters, and how many it holds. */
export interface DeadQueue {
  /** Without the namespace, `DLQ.` in front. */
  readonly name: string;
  readonly destination: string;
  readonly count: number;
}

/** The dead-letter queue that is meant: by its own name, by the name of the queue it belongs to, or by its destination. */
export function deadLettersOf(client: Client, name: string): string {
  if (name.startsWith('/queue/')) return name;
  // Where ActiveMQ has no strategy of its own for it, all dead letters lie in one queue.
  if (name === 'ActiveMQ.DLQ') return `/queue/${name}`;
  return deadLetterQueue(client.queue(name.replace(/^DLQ\./, '')));
}

/** The dead-letter queues of the namespace that hold something, by name. */
export async function deadLetterQueues(client: Client): Promise<readonly DeadQueue[]> {
  const all = deadLetterQueue(client.queue('>')).slice('/queue/'.length);
  const statistics = await askQueues(client, [all]);
  return statistics
    .map(({ name, size }) => ({
      name: `DLQ.${name.slice(all.length - 1)}`,
      destination: `/queue/${name}`,
      count: size,
    }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How many messages the queue holds; undefined when the broker does not tell. */
export async function countOf(client: Client, destination: string): Promise<number | undefined> {
  const [statistics] = await askQueues(client, [destination.slice('/queue/'.length)]);
  if (statistics) return statistics.size;
  // A queue that the broker does not know is empty; a broker that does not answer may know it.
  const copies = client.browse(destination);
  try {
    return (await copies.next()).done === true ? 0 : undefined;
  } finally {
    await copies.return();
  }
}
