import { Peer } from '../test/broker/peer.ts';
import { Deliveries } from './deliveries.ts';

const CONNECTIONS = 4;
const BATCH = 50;
const PREFETCH = 100;
/** Unconfirmed at a time. */
const WINDOW = 1000;
/** What a message of a recipe weighs. */
const BODY = Buffer.alloc(1500, 'x');

/** Sends so many messages, each to where and as `headersOf` its number says. Resolves when all are stored, with messages per second. */
export async function fill(port: number, messages: number, headersOf: (index: number) => Headers): Promise<number> {
  await using peer = await Peer.connect(port);
  const start = performance.now();
  for (let index = 0; index < messages; index += 1) {
    const headers = { persistent: 'true', ...headersOf(index) };
    if (index % WINDOW === WINDOW - 1 || index === messages - 1) await peer.ask('SEND', headers, BODY);
    else peer.send('SEND', headers, BODY);
  }
  return rate(messages, start);
}

/** Headers of a SEND. */
export type Headers = Record<string, string>;

/** Messages per second of consumers that acknowledge and forward so many messages of a queue, several in a transaction. */
export async function forwardingRate(
  port: number,
  queue: string,
  messages: number,
  headers: Headers = {},
): Promise<number> {
  const consumers = await Promise.all(Array.from({ length: CONNECTIONS }, () => Deliveries.connect(port)));
  const start = performance.now();
  let committed = 0;
  await new Promise<void>((resolve) => {
    for (const consumer of consumers) {
      consumer.onCommitted = () => {
        committed += BATCH;
        // At the end each consumer may be left with less than a batch.
        if (committed >= messages - CONNECTIONS * BATCH) resolve();
      };
      consumer.forward(queue, `${queue}.out`, BATCH, { 'activemq.prefetchSize': String(PREFETCH), ...headers });
    }
  });
  for (const consumer of consumers) consumer.close();
  return rate(committed, start);
}

function rate(count: number, start: number): number {
  return Math.round(count / ((performance.now() - start) / 1000));
}
