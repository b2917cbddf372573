import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';

/** One message, every subscriber that is there. */
export function exerciseTopics({ connect, topic }: Exercise): void {
  describe('topics', () => {
    it('deliver to every subscriber, and not to those that come later', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = topic();
      await one.subscribe(destination, { ack: 'auto' });
      await other.subscribe(destination, { ack: 'auto' });
      await sender.ask('SEND', { destination }, 'x');
      expect(texts([await one.message(), await other.message()])).toEqual(['x', 'x']);
      await sender.subscribe(destination, { ack: 'auto' });
      expect(await sender.waiting()).toEqual([]);
    });

    it.each([
      ['>', ['', '.a', '.a.b', '.b.b']],
      ['*', ['.a']],
      ['*.b', ['.a.b', '.b.b']],
      ['a.>', ['.a', '.a.b']],
    ])('are chosen by the wildcards of %s', async (pattern, expected) => {
      await using peer = await connect();
      const destination = topic();
      await peer.subscribe(`${destination}.${pattern}`, { ack: 'auto' });
      for (const name of ['', '.a', '.a.b', '.b.b']) await peer.ask('SEND', { destination: destination + name }, name);
      const found = await peer.messages(expected.length);
      expect(texts(found)).toEqual(expected);
      expect(found.map(({ headers }) => headers['destination'])).toEqual(expected.map((name) => destination + name));
    });

    it('honour the prefetch of a subscriber that acknowledges', async () => {
      await using peer = await connect();
      const destination = topic();
      await peer.subscribe(destination, { 'activemq.prefetchSize': '1' });
      for (const body of ['1', '2']) await peer.ask('SEND', { destination }, body);
      const found = await peer.waiting();
      expect(texts(found)).toEqual(['1']);
      for (const message of found) await peer.settle(message);
      expect((await peer.message()).body.toString()).toBe('2');
    });

    it('take part in transactions', async () => {
      await using peer = await connect();
      const destination = topic();
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.ask('BEGIN', { transaction: 't' });
      await peer.ask('SEND', { destination, transaction: 't' }, 'x');
      expect(await peer.waiting()).toEqual([]);
      await peer.ask('COMMIT', { transaction: 't' });
      expect((await peer.message()).body.toString()).toBe('x');
    });
  });
}
