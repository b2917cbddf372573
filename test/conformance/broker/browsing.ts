import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/stomp/frame.ts';
import { texts, type Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** SUBSCRIBE with browser:true. */
export function exerciseBrowsing({ connect, queue, on }: Exercise): void {
  const browse = async (peer: Peer, destination: string): Promise<Frame[]> => {
    await peer.subscribe(destination, { id: 'browse', ack: 'auto', browser: 'true' });
    const found: Frame[] = [];
    for (;;) {
      const message = await peer.next((frame) => frame.headers['subscription'] === 'browse', 'a copy');
      if (message.headers['browser'] === 'end') break;
      found.push(message);
    }
    await peer.ask('UNSUBSCRIBE', { id: 'browse' });
    return found;
  };

  describe('browsing', () => {
    it('shows messages in order and consumes none', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3']) await peer.put(destination, body, { mine: 'kept' });
      const copies = await browse(peer, destination);
      expect(texts(copies)).toEqual(['1', '2', '3']);
      expect(copies[0]?.headers).toMatchObject({ mine: 'kept', destination });
      await peer.subscribe(destination);
      expect((await peer.messages(3)).map(({ headers }) => headers['redelivered'])).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    });

    it('shows messages in flight too', async () => {
      await using consumer = await connect();
      await using peer = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3']) await peer.put(destination, body);
      await consumer.subscribe(destination, { 'activemq.prefetchSize': '2' });
      await consumer.messages(2);
      expect(texts(await browse(peer, destination))).toEqual(['1', '2', '3']);
    });

    it('ends at once with an empty queue', async () => {
      await using peer = await connect();
      expect(await browse(peer, queue())).toEqual([]);
    });

    it('shows all that wait', async () => {
      await using peer = await connect();
      const destination = queue();
      for (let index = 0; index < 449; index += 1)
        peer.send('SEND', { destination, persistent: 'true' }, String(index));
      await peer.put(destination, 'last');
      expect((await browse(peer, destination)).length).toBe(on(differences.browsed));
    });
  });
}
