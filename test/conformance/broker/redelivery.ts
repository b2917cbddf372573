import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/stomp/frame.ts';
import { texts, type Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { abandoned } from './statistics.ts';

/** Who did not finish, and what the next one sees. */
export function exerciseRedelivery({ connect, queue }: Exercise): void {
  const endings: readonly (readonly [string, (peer: Peer, destination: string) => Promise<void>])[] = [
    ['a lost connection', (peer) => peer.vanish()],
    ['UNSUBSCRIBE', (peer, destination) => peer.ask('UNSUBSCRIBE', { id: destination })],
    ['DISCONNECT', (peer) => peer.ask('DISCONNECT')],
  ];
  const marked = (messages: readonly Frame[]): string[] =>
    messages.map(({ headers, body }) => `${body.toString()}${headers['redelivered'] === 'true' ? ' again' : ''}`);

  describe('redelivery', () => {
    it.each(endings)('after %s: before all others, in order, marked, with the same ids', async (_name, end) => {
      await using first = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3', '4', '5']) await first.put(destination, body);
      await first.subscribe(destination, { 'activemq.prefetchSize': '3' });
      const seen = await first.messages(3);
      for (const message of seen.slice(1, 2)) await first.settle(message);
      const all = [...seen, await first.message()];
      await end(first, destination);
      await using observer = await connect();
      await abandoned(observer, destination);
      await using second = await connect();
      await second.subscribe(destination);
      const found = await second.messages(4);
      expect(marked(found)).toEqual(['1 again', '3 again', '4 again', '5']);
      const ids = (messages: readonly Frame[]): unknown[] => messages.map(({ headers }) => headers['message-id']);
      expect(ids(found.slice(0, 3))).toEqual(ids(all.filter((_message, index) => index !== 1)));
    });

    it('to another consumer that is waiting already', async () => {
      await using first = await connect();
      await using second = await connect();
      const destination = queue();
      await first.subscribe(destination);
      await first.put(destination, '1');
      await first.message();
      await second.subscribe(destination);
      await first.vanish();
      expect(marked([await second.message()])).toEqual(['1 again']);
    });

    it('however often a consumer dies with it, and no count is told', async () => {
      const destination = queue();
      for (let death = 0; death < 10; death += 1) {
        await using peer = await connect();
        if (death === 0) await peer.put(destination, '1');
        await peer.subscribe(destination);
        const { headers } = await peer.message();
        expect(headers['redelivered']).toBe(death === 0 ? undefined : 'true');
        expect(headers).not.toHaveProperty('JMSXDeliveryCount');
        await peer.vanish();
      }
    });

    it('never of what was acknowledged', async () => {
      await using first = await connect();
      const destination = queue();
      await first.put(destination, '1');
      await first.put(destination, '2');
      await first.subscribe(destination);
      await first.settle(await first.message());
      await first.vanish();
      await using second = await connect();
      await second.subscribe(destination);
      expect(texts(await second.waiting())).toEqual(['2']);
    });
  });
}
