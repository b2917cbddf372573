import { randomUUID } from 'node:crypto';
import type { Json } from '../core/json.ts';
import { deadLetterQueue } from '../services/names.ts';
import { asJson, brokerStatisticsQueue, readEntries } from '../services/statistics.ts';
import type { Client, Delivery } from '../stomp/client.ts';

/** How a broker behaves where brokers differ by their configuration. */
export interface Trial {
  /** A message of a higher priority came before one that was sent earlier. */
  readonly prioritises: boolean;
  /** A message that was not accepted came to the dead-letter queue of its own queue. */
  readonly keepsDeadLettersApart: boolean;
  /** It delays messages that ask for it. */
  readonly delays: boolean;
  /** Milliseconds by which its clock is ahead of this host's; what cannot be told from the way there and back is 0. */
  readonly clockAhead: number;
  /** What it tells of itself; undefined when it does not answer. */
  readonly statistics: ReadonlyMap<string, Json> | undefined;
}

const queueName = 'baton.doctor';
const replies = '/temp-queue/baton.doctor';
/** Where ActiveMQ puts all dead letters unless told otherwise. */
const sharedDeadLetterQueue = '/queue/ActiveMQ.DLQ';
/** Milliseconds for whatever is to come; ActiveMQ's scheduler is up to a second late. */
const patience = 5_000;
/** Milliseconds for all of it: a broker whose store is full answers nothing to whoever sends. */
const patienceInAll = 40_000;

/** Tries the broker with three small messages, and takes them out again; undefined when it takes none. */
export async function tryBroker(client: Client): Promise<Trial | undefined> {
  return await inTime(trial(client), patienceInAll);
}

async function trial(client: Client): Promise<Trial> {
  const id = randomUUID();
  const queue = client.queue(queueName);
  const send = async (name: string, headers: Record<string, string>): Promise<void> =>
    client.send({ destination: queue, headers: { ...headers, doctor: id }, body: name });
  const begun = Date.now();
  await send('low', { priority: '1' });
  const sent = Date.now();
  await send('high', { priority: '8' });
  await send('delayed', { AMQ_SCHEDULED_DELAY: '1' });
  const came = await collect(client, queue, id, 3, { refuse: 'low' });
  const delayed = came.find(({ body }) => body.toString() === 'delayed');
  const letters = await collect(client, deadLetterQueue(queue), id, 1);
  if (letters.length === 0) await collect(client, sharedDeadLetterQueue, id, 1);
  return {
    prioritises: came.find(({ body }) => body.toString() !== 'delayed')?.body.toString() === 'high',
    keepsDeadLettersApart: letters.length === 1,
    delays: delayed !== undefined && !('AMQ_SCHEDULED_DELAY' in delayed.headers),
    clockAhead: ahead(
      came.find(({ body }) => body.toString() === 'low'),
      begun,
      sent,
    ),
    statistics: await statisticsOf(client),
  };
}

/** Takes so many messages of this trial out of a queue, or as many as come in time. */
async function collect(
  client: Client,
  destination: string,
  id: string,
  count: number,
  { refuse = '' } = {},
): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  const settling: Promise<void>[] = [];
  const complete = Promise.withResolvers<void>();
  const selector = `doctor = '${id}'`;
  const subscription = await client.subscribe(
    { destination, ack: 'client-individual', prefetch: 10, selector },
    (delivery) => {
      found.push(delivery);
      const isRefused = delivery.body.toString() === refuse;
      settling.push(isRefused ? client.nack(delivery) : client.transact({ ack: [delivery], send: [] }));
      if (found.length === count) complete.resolve();
    },
  );
  await inTime(complete.promise, patience);
  await Promise.all(settling);
  await subscription.unsubscribe();
  return found;
}

function ahead(delivery: Delivery | undefined, begun: number, sent: number): number {
  const timestamp = Number(delivery?.headers['timestamp'] ?? begun);
  if (timestamp > sent) return timestamp - sent;
  return Math.min(0, timestamp - begun);
}

async function statisticsOf(client: Client): Promise<Trial['statistics']> {
  const answered = Promise.withResolvers<ReadonlyMap<string, Json>>();
  const subscription = await client.subscribe({ destination: replies, ack: 'auto', headers: asJson }, ({ body }) =>
    answered.resolve(readEntries(body)),
  );
  await client.send({ destination: brokerStatisticsQueue, headers: { 'reply-to': replies }, body: '' });
  const statistics = await inTime(answered.promise, patience);
  await subscription.unsubscribe();
  return statistics;
}

/** What comes of it, or undefined when nothing does in time. */
async function inTime<Result>(work: Promise<Result>, milliseconds: number): Promise<Result | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, milliseconds, undefined);
  return await Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
