import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** SUBSCRIBE and UNSUBSCRIBE. */
export function exerciseSubscribing({ connect, queue, topic, on }: Exercise): void {
  describe('subscriptions', () => {
    it('acknowledge by themselves when they do not say, and then no MESSAGE has an ack header', async () => {
      const destination = queue();
      {
        await using peer = await connect();
        await peer.put(destination, '1');
        await peer.ask('SUBSCRIBE', { destination, id: '1' });
        const { headers } = await peer.message();
        expect(headers).toMatchObject({ destination, subscription: '1' });
        expect(headers).not.toHaveProperty('ack');
        await peer.ask('DISCONNECT');
      }
      await using peer = await connect();
      await peer.subscribe(destination);
      expect(await peer.waiting()).toEqual([]);
    });

    it('that have ended get no more', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination, { ack: 'auto' });
      await peer.ask('UNSUBSCRIBE', { id: destination });
      await peer.put(destination, '1');
      expect(await peer.waiting()).toEqual([]);
    });

    it('have 1000 messages in flight when they do not say', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination);
      for (let index = 0; index < 1200; index += 1) {
        peer.send('SEND', { destination, persistent: 'true' }, String(index));
      }
      expect(await peer.messages(1000)).toHaveLength(1000);
      expect(await peer.waiting()).toEqual([]);
    });

    it('have as many in flight of what waited before', async () => {
      await using peer = await connect();
      const destination = queue();
      for (let index = 1; index < 1200; index += 1) {
        peer.send('SEND', { destination, persistent: 'true' }, String(index));
      }
      await peer.put(destination, 'last');
      await peer.subscribe(destination);
      expect(await peer.messages(1000)).toHaveLength(1000);
      expect(await peer.waiting()).toEqual([]);
    });

    it('of one connection with the same id', async () => {
      await using peer = await connect();
      const [one, other] = [queue(), queue()];
      await peer.subscribe(one, { id: '1' });
      const second = await peer.subscribe(other, { id: '1' }).then(
        () => 'accepted',
        () => 'refused',
      );
      expect(second).toBe(on(differences.sameSubscriptionId));
    });

    it('of a topic that is not read hold up neither sender nor others', async () => {
      await using slow = await connect();
      await using quick = await connect();
      await using sender = await connect();
      const destination = topic();
      await slow.subscribe(destination, { 'activemq.prefetchSize': '1' });
      await quick.subscribe(destination, { ack: 'auto' });
      const bodies = Array.from({ length: 300 }, (_, index) => String(index));
      for (const body of bodies) await sender.ask('SEND', { destination }, body);
      expect(texts(await quick.messages(300))).toEqual(bodies);
    });
  });
}
