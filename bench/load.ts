import { randomUUID } from 'node:crypto';
import type { Json } from '../src/core/json.ts';
import type { Recipe } from '../src/recipes/recipe.ts';
import { startMessages } from '../src/recipes/route.ts';
import { newEnvironment } from '../src/services/run-context.ts';
import { forBytes } from '../src/services/sharing.ts';
import { stepMessages } from '../src/services/sending.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client, type Outgoing } from '../src/stomp/client.ts';

/** What goes through a broker while it is measured. */
export interface Load {
  /** Messages that are counted. */
  readonly messages: number;
  /** Messages that wait beside them, all the time. */
  readonly backlog: number;
  /** Queues that the messages are spread over. */
  readonly queues: number;
  /** Services in each process: one for each queue; those beyond have nothing to do. */
  readonly services: number;
  /** Processes that share the work. */
  readonly processes: number;
  readonly payloadBytes: number;
}

/** One service, and messages of about 1.5 kB with recipe and environment. */
export const standardLoad = { backlog: 0, queues: 1, services: 1, processes: 1, payloadBytes: 1_200 } as const;

/** The consumers that are compared have so many connections, transactions of up to so many messages, and such a prefetch. */
export const connections = 4;
export const batch = 50;
const prefetch = 100;

/** Of broker and ledger, which share the host with a service at least. */
export const nodeOptions = forBytes(3);

/** The prefetch of one subscription where there are so many queues: over all of them as many messages are under way as from one. */
export function prefetchOf({ queues }: Pick<Load, 'queues'>): number {
  return Math.max(1, Math.floor((connections * prefetch) / Math.max(connections, queues)));
}

/** Without the broker's prefix. */
export function queueOf(index: number): string {
  return `bench.in.${index}`;
}

/** Where all go. */
export const outQueue = 'bench.out';

/** Transactions on their way at the same time: the broker stores while the next are made. */
const pipelined = 4;

/** Puts so many messages of the load into its queues. */
export async function fill(address: string, load: Load, messages: number): Promise<void> {
  await using client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
  await client.start();
  const size = Math.max(1, Math.min(100, Math.floor(1e6 / load.payloadBytes)));
  const underway = new Set<Promise<void>>();
  for (let sent = 0; sent < messages; sent += size) {
    const send = loadMessages(client, load, Math.min(size, messages - sent));
    const sending = client.transact({ ack: [], send }).finally(() => underway.delete(sending));
    underway.add(sending);
    if (underway.size >= pipelined) await Promise.race(underway);
  }
  await Promise.all(underway);
}

/** Takes away what was passed on: it would fill the memory of the broker, which then reads from nobody any more. */
export async function emptyOut(address: string): Promise<void> {
  await using client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
  await client.start();
  let came = 0;
  await client.subscribe({ destination: client.queue(outQueue), ack: 'auto' }, () => (came += 1));
  for (let before = -1; before !== came;) {
    before = came;
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** So many new messages of a run, as the dispatcher starts it: each with a key of its own, its recipe, and its environment. */
export function loadMessages(client: Client, { queues, payloadBytes }: Load, count: number): Outgoing[] {
  const run = randomUUID();
  const environment = newEnvironment(run, {});
  const payload = 'x'.repeat(payloadBytes);
  const next = Array.from({ length: count }, (_, index) => {
    const recipe = passing(index % queues, payload);
    // The payload stands in the message once, as in all messages but the first of a recipe.
    return startMessages(recipe, environment, `${run}.${index}`).map((message) => ({
      ...message,
      envelope: { ...message.envelope, recipe: passing(index % queues, []) },
    }));
  });
  return stepMessages(next.flat(), { destinations: client, now: Date.now() });
}

function passing(queue: number, payload: Json): Recipe {
  const recipe = { 1: { queue: queueOf(queue), output: 2 }, 2: { queue: outQueue }, start: [[1, payload]] };
  return recipe as unknown as Recipe;
}
