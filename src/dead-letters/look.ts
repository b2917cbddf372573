import type { Client, Delivery } from '../stomp/client.ts';
import { letterOf, type Letter } from './letter.ts';
import { countOf } from './queues.ts';

/** ActiveMQ shows so many to who browses. */
const browsed = 400;
/** Of a longer queue so many are held at a time: each costs the broker memory until it is given back. */
export const heldAtMost = 100_000;
/** Milliseconds without a message after which the broker is asked to go on, and those after which it is taken to have no more. */
const pause = 20;
const patience = 2_000;

/** How much of a queue was seen. */
export interface Look {
  readonly seen: number;
  /** How many messages the queue holds; undefined when the broker does not tell. */
  readonly waiting: number | undefined;
}

/**
 * Shows what is in a queue, oldest first, without taking it: at most `wanted` messages. `visit` runs while they come in,
 * so that a slow one slows the broker down, and none is kept.
 */
export async function look(
  client: Client,
  destination: string,
  visit: (letter: Letter) => void,
  wanted = Number.POSITIVE_INFINITY,
): Promise<Look> {
  const waiting = await countOf(client, destination);
  const goal = Math.min(wanted, waiting ?? Number.POSITIVE_INFINITY, heldAtMost);
  const shown = new Set<string>();
  const show = (letter: Letter): boolean => {
    if (shown.size < goal && !shown.has(letter.messageId)) {
      shown.add(letter.messageId);
      visit(letter);
    }
    return shown.size < goal;
  };
  if (goal > 0) await glance(client, destination, show);
  // A broker that shows so many may have more.
  if (shown.size < goal && waiting !== undefined && shown.size >= browsed)
    await hold(client, destination, goal, (delivery) => void show(letterOf(delivery)));
  return { seen: shown.size, waiting };
}

/** Shows copies of what is in a queue, oldest first, while `visit` says so: all that the broker shows, and ActiveMQ shows its first few hundred. */
async function glance(client: Client, destination: string, visit: (letter: Letter) => boolean): Promise<void> {
  for await (const copy of client.browse(destination)) if (!visit(letterOf(copy))) return;
}

/** One letter, by the broker's id; undefined when it is not there, or, unless letters may be held, not among those that the broker shows. */
export async function find(
  client: Client,
  destination: string,
  id: string,
  { mayHold }: { readonly mayHold: boolean },
): Promise<Letter | undefined> {
  const selector = `JMSMessageID = '${id.replaceAll("'", "''")}'`;
  for await (const copy of client.browse(destination, selector)) return letterOf(copy);
  // ActiveMQ selects among those that it shows.
  if (!mayHold) return undefined;
  let found: Letter | undefined;
  await look(client, destination, (letter) => void (letter.messageId === id && (found = letter)));
  return found;
}

/** Takes so many without acknowledging one, and gives all back: they keep their places. */
async function hold(client: Client, destination: string, count: number, show: (one: Delivery) => void): Promise<void> {
  let came = 0;
  let news = Promise.withResolvers<void>();
  const stopListening = client.events.on('disconnected', ({ reason }) => news.reject(reason));
  const headers = { 'activemq.exclusive': 'true' };
  const request = { destination, ack: 'client-individual', prefetch: count, headers } as const;
  const subscription = await client.subscribe(request, (delivery) => {
    show(delivery);
    came += 1;
    news.resolve();
  });
  try {
    for (let before = -1; came < count && came > before;) {
      before = came;
      while (came < count && (await happened(news.promise, pause))) news = Promise.withResolvers();
      if (came >= count) break;
      await stir(client, destination);
      if (await happened(news.promise, patience)) news = Promise.withResolvers();
    }
  } finally {
    stopListening();
    await subscription.unsubscribe();
  }
}

/** ActiveMQ reads a page of 200, and the next only when something happens to the queue, such as another consumer. */
export async function stir(client: Client, destination: string): Promise<void> {
  const other = await client.subscribe({ destination, ack: 'client-individual', prefetch: 1 }, () => undefined);
  await other.unsubscribe();
}

async function happened(event: Promise<void>, milliseconds: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  try {
    return await Promise.race([event.then(() => true), promise]);
  } finally {
    clearTimeout(timer);
  }
}
