import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/stomp/frame.ts';
import type { Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';

async function ask(peer: Peer, pattern: string): Promise<void> {
  await peer.subscribe('/temp-queue/figures', { ack: 'auto', transformation: 'jms-map-json' });
  await askAgain(peer, pattern);
}

async function askAgain(peer: Peer, pattern: string): Promise<void> {
  const destination = `/queue/ActiveMQ.Statistics.Destination.${pattern}`;
  await peer.ask('SEND', { destination, 'reply-to': '/temp-queue/figures', 'correlation-id': 'k' }, '');
}

/** Resolves when the broker has noticed that nobody consumes this queue any more. `peer` receives nothing else. */
export async function abandoned(peer: Peer, queue: string): Promise<void> {
  const name = queue.slice('/queue/'.length);
  await ask(peer, name);
  while (figures(await peer.message())['consumerCount'] !== 0) await askAgain(peer, name);
}

/** Figures of queues, as ActiveMQ's statistics plugin answers. */
export function exerciseStatistics({ connect, queue }: Exercise): void {
  describe('statistics', () => {
    it('count what came, what was delivered, and what is in flight', async () => {
      await using peer = await connect();
      await using consumer = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3', '4', '5']) await peer.put(destination, body);
      await consumer.subscribe(destination, { 'activemq.prefetchSize': '3' });
      const [first, second] = await consumer.messages(3);
      if (first) await consumer.settle(first);
      if (second) await consumer.settle(second, 'NACK');
      await consumer.messages(2);
      await ask(peer, destination.slice('/queue/'.length));
      const message = await peer.message();
      expect(message.headers).toMatchObject({ 'correlation-id': 'k', transformation: 'jms-map-json' });
      expect(figures(message)).toMatchObject({
        destinationName: destination.replace('/queue/', 'queue://'),
        size: 3,
        enqueueCount: 5,
        dequeueCount: 2,
        dispatchCount: 5,
        inflightCount: 3,
        consumerCount: 1,
        producerCount: 0,
        expiredCount: 0,
      });
    });

    it('of the whole broker come as one message', async () => {
      await using peer = await connect();
      await peer.put(queue(), 'x');
      await peer.subscribe('/temp-queue/figures', { ack: 'auto', transformation: 'jms-map-json' });
      const destination = '/queue/ActiveMQ.Statistics.Broker';
      await peer.ask('SEND', { destination, 'reply-to': '/temp-queue/figures', 'correlation-id': 'k' }, '');
      const message = await peer.message();
      expect(message.headers).toMatchObject({ 'correlation-id': 'k', transformation: 'jms-map-json' });
      const found = figures(message);
      expect(found['brokerName']).toBe('baton');
      const names = ['size', 'enqueueCount', 'dequeueCount', 'dispatchCount', 'inflightCount', 'consumerCount'];
      for (const name of [...names, 'storeUsage']) expect(found[name]).toEqual(expect.any(Number));
      expect(found['size']).toBeGreaterThan(0);
    });

    it('of several queues come as several messages', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const name of ['.a', '.b']) await peer.put(destination + name, 'x');
      await ask(peer, `${destination.slice('/queue/'.length)}.>`);
      const names = [figures(await peer.message()), figures(await peer.message())].map((one) => one['destinationName']);
      expect(names.sort()).toEqual(['.a', '.b'].map((name) => destination.replace('/queue/', 'queue://') + name));
    });
  });
}

/** `{"map":{"entry":[{"string":"size","long":3},{"string":["destinationName","queue://x"]},…]}}` as an object. */
function figures({ body }: Frame): Record<string, unknown> {
  const { map } = JSON.parse(body.toString()) as {
    map: { entry: { string: string | [string, string]; long?: number }[] };
  };
  return Object.fromEntries<unknown>(
    map.entry.map(({ string, long }): readonly [string, unknown] =>
      typeof string === 'string' ? [string, long] : string,
    ),
  );
}
