import { orAborted } from '../core/abort.ts';
import type { Client } from '../stomp/client.ts';
import { asJson, readStatistics, statisticsQueue, type QueueStatistics } from './statistics.ts';

const replies = '/temp-queue/baton.queues';
const end = 'end';
/** Milliseconds that a broker has to answer; ActiveMQ answers in some ten. */
const patience = 10_000;

/**
 * Asks the broker what is in its queues: one answer a queue that matches (`DLQ.>`), so none for a queue that is not
 * there. Empty also on a broker that does not answer such questions (ActiveMQ without its statistics plugin).
 */
export async function askQueues(client: Client, patterns: readonly string[]): Promise<readonly QueueStatistics[]> {
  const found: QueueStatistics[] = [];
  const answered = Promise.withResolvers<void>();
  const subscription = await client.subscribe({ destination: replies, ack: 'auto', headers: asJson }, ({ body }) => {
    if (body.toString() === end) answered.resolve();
    const statistics = readStatistics(body);
    if (statistics) found.push(statistics);
  });
  try {
    const headers = { 'reply-to': replies };
    for (const pattern of patterns) {
      await client.send({ destination: statisticsQueue(pattern), headers, body: '' });
    }
    // The answers come before the mark that is sent after the questions: brokers answer in order.
    await client.send({ destination: replies, body: end });
    await orAborted(answered.promise, AbortSignal.timeout(patience));
  } finally {
    await subscription.unsubscribe();
  }
  return found;
}
