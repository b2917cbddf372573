import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';

/** In which order, and to whom. */
export function exerciseQueues({ connect, queue }: Exercise): void {
  describe('queues', () => {
    it('deliver in the order of sending', async () => {
      await using peer = await connect();
      const destination = queue();
      const bodies = Array.from({ length: 30 }, (_, index) => String(index));
      for (const body of bodies) peer.send('SEND', { destination, persistent: 'true' }, body);
      await peer.subscribe(destination);
      expect(texts(await peer.messages(30))).toEqual(bodies);
    });

    it('deliver higher priorities first, and in order within one', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const [body, priority] of [
        ['a', '4'],
        ['b', '9'],
        ['c', '0'],
        ['d', '4'],
        ['e', '9'],
      ] as const) {
        await peer.put(destination, body, { priority });
      }
      await peer.subscribe(destination);
      expect(texts(await peer.messages(5))).toEqual(['b', 'e', 'a', 'd', 'c']);
    });

    it('give each message to one consumer, in turn', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = queue();
      await one.subscribe(destination);
      await other.subscribe(destination);
      for (let index = 0; index < 10; index += 1) await sender.put(destination, String(index));
      const [first, second] = [texts(await one.messages(5)), texts(await other.messages(5))];
      expect([...first, ...second].sort()).toEqual([...'0123456789']);
    });

    it('deliver no more than the prefetch, and the next when one is acknowledged', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3', '4']) await peer.put(destination, body);
      await peer.subscribe(destination, { 'activemq.prefetchSize': '2' });
      const waiting = await peer.waiting();
      expect(texts(waiting)).toEqual(['1', '2']);
      for (const message of waiting.slice(0, 1)) await peer.settle(message);
      expect((await peer.message()).body.toString()).toBe('3');
    });

    it('serve consumers of a higher priority first', async () => {
      await using sender = await connect();
      await using low = await connect();
      await using high = await connect();
      const destination = queue();
      // In this order: ActiveMQ was seen to serve the lower one once while the higher one was just coming.
      await high.subscribe(destination, { 'activemq.priority': '10', 'activemq.prefetchSize': '2' });
      await low.subscribe(destination);
      for (const body of ['1', '2', '3']) await sender.put(destination, body);
      expect(texts(await high.messages(2))).toEqual(['1', '2']);
      expect(texts(await low.messages(1))).toEqual(['3']);
    });

    it('serve an exclusive consumer alone, and the next when it is gone', async () => {
      await using sender = await connect();
      await using first = await connect();
      await using second = await connect();
      const destination = queue();
      await first.subscribe(destination, { 'activemq.exclusive': 'true' });
      await second.subscribe(destination, { 'activemq.exclusive': 'true' });
      await sender.put(destination, '1');
      await sender.put(destination, '2');
      expect(texts(await first.messages(2))).toEqual(['1', '2']);
      await first.vanish();
      expect(texts(await second.messages(2))).toEqual(['1', '2']);
    });

    it('deliver to two subscriptions of one connection as to two', async () => {
      await using peer = await connect();
      const [one, other] = [queue(), queue()];
      await peer.subscribe(one);
      await peer.subscribe(other);
      await peer.put(one, '1');
      await peer.put(other, '2');
      const messages = await peer.messages(2);
      const found = messages.map(({ headers, body }) => [headers['subscription'], body.toString()]);
      expect(Object.fromEntries(found)).toEqual({ [one]: '1', [other]: '2' });
    });
  });
}
