import { describe, expect, it } from 'vitest';
import { texts, type Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** JMSXGroupID. */
export function exerciseGroups({ connect, queue, on }: Exercise): void {
  const put = (peer: Peer, destination: string, group: string, body: string, seq = ''): Promise<void> =>
    peer.put(destination, body, { JMSXGroupID: group, ...(seq === '' ? {} : { JMSXGroupSeq: seq }) });

  describe('message groups', () => {
    it('stick to one consumer each, in order', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = queue();
      await one.subscribe(destination);
      await other.subscribe(destination);
      for (const body of ['1', '2', '3'])
        for (const group of ['a', 'b']) await put(sender, destination, group, group + body);
      const found = [texts(await one.messages(3)), texts(await other.messages(3))].sort();
      expect(found).toEqual([
        ['a1', 'a2', 'a3'],
        ['b1', 'b2', 'b3'],
      ]);
    });

    it('wait for their consumer while others are served', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = queue();
      await one.subscribe(destination, { 'activemq.prefetchSize': '1' });
      await put(sender, destination, 'a', 'a1');
      const first = await one.message();
      await other.subscribe(destination);
      for (const [group, body] of [
        ['a', 'a2'],
        ['b', 'b1'],
        ['a', 'a3'],
        ['b', 'b2'],
      ] as const) {
        await put(sender, destination, group, body);
      }
      expect(texts(await other.messages(2))).toEqual(['b1', 'b2']);
      await one.settle(first);
      const second = await one.message();
      await one.settle(second);
      expect(texts([second, await one.message()])).toEqual(['a2', 'a3']);
    });

    it('go whole to another consumer when theirs is gone: unacknowledged messages first, in order', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = queue();
      await one.subscribe(destination, { 'activemq.prefetchSize': '2' });
      for (const body of ['1', '2', '3']) await put(sender, destination, 'a', body);
      await one.messages(2);
      await other.subscribe(destination);
      await one.vanish();
      const found = await other.messages(3);
      expect(texts(found)).toEqual(['1', '2', '3']);
      expect(found.map(({ headers }) => headers['redelivered'])).toEqual(['true', 'true', undefined]);
    });

    it('are closed by JMSXGroupSeq -1: the next of the name may go to another', async () => {
      await using sender = await connect();
      await using one = await connect();
      await using other = await connect();
      const destination = queue();
      await one.subscribe(destination);
      await other.subscribe(destination);
      await put(sender, destination, 'a', 'first');
      await put(sender, destination, 'a', 'last', '-1');
      await put(sender, destination, 'a', 'new');
      const found = [texts(await one.waiting()), texts(await other.waiting())].sort();
      expect(found).toEqual([['first', 'last'], ['new']]);
    });

    it('are named to the receiver, or not', async () => {
      await using peer = await connect();
      const destination = queue();
      await put(peer, destination, 'beam', '1');
      await peer.subscribe(destination);
      expect((await peer.message()).headers['JMSXGroupID']).toBe(on(differences.groupHeader));
    });
  });
}
