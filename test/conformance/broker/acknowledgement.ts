import { describe, expect, it } from 'vitest';
import { texts, type Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** ACK and NACK outside of transactions. */
export function exerciseAcknowledgement({ connect, queue, on }: Exercise): void {
  /** What a new consumer finds. */
  const left = async (destination: string): Promise<string[]> => {
    await using peer = await connect();
    await peer.subscribe(destination);
    return texts(await peer.waiting());
  };
  const fill = async (peer: Peer, destination: string, ...bodies: string[]): Promise<void> => {
    for (const body of bodies) await peer.put(destination, body);
  };

  describe('acknowledgement', () => {
    it('client-individual: exactly the message named is done with', async () => {
      const destination = queue();
      {
        await using peer = await connect();
        await fill(peer, destination, '1', '2', '3');
        await peer.subscribe(destination);
        const [, second] = await peer.messages(3);
        if (second) await peer.settle(second);
        await peer.ask('DISCONNECT');
      }
      expect(await left(destination)).toEqual(['1', '3']);
    });

    it('client: the message named and all before it are done with', async () => {
      const destination = queue();
      {
        await using peer = await connect();
        await fill(peer, destination, '1', '2', '3');
        await peer.subscribe(destination, { ack: 'client' });
        const [, second] = await peer.messages(3);
        if (second) await peer.settle(second);
        await peer.ask('DISCONNECT');
      }
      expect(await left(destination)).toEqual(['3']);
    });

    it('auto: what is delivered is done with', async () => {
      const destination = queue();
      {
        await using peer = await connect();
        await fill(peer, destination, '1', '2');
        await peer.subscribe(destination, { ack: 'auto' });
        await peer.messages(2);
        await peer.ask('DISCONNECT');
      }
      expect(await left(destination)).toEqual([]);
    });

    it('STOMP 1.1: message-id and subscription name the delivery', async () => {
      const destination = queue();
      {
        await using peer = await connect({ 'accept-version': '1.1' });
        await fill(peer, destination, '1', '2');
        await peer.subscribe(destination);
        const [first] = await peer.messages(2);
        const id = first?.headers['message-id'] ?? '';
        await peer.ask('ACK', { 'message-id': id, subscription: destination });
        await peer.ask('DISCONNECT');
      }
      expect(await left(destination)).toEqual(['2']);
    });

    it('NACK sends the message to the dead-letter queue, with its headers and where it came from', async () => {
      await using peer = await connect();
      const destination = queue();
      const dead = destination.replace('/queue/', '/queue/DLQ.');
      await peer.put(destination, '1', { 'correlation-id': 'c', mine: 'kept' });
      await peer.subscribe(destination);
      const message = await peer.message();
      await peer.settle(message, 'NACK');
      await peer.subscribe(dead);
      const { headers, body } = await peer.message();
      expect(headers).toMatchObject({ mine: 'kept', 'correlation-id': 'c', destination: dead });
      expect(headers['original-destination']).toBe(destination);
      expect(headers['message-id']).toBe(message.headers['message-id']);
      expect(body.toString()).toBe('1');
    });

    it('NACK with ack mode client', async () => {
      await using peer = await connect();
      const destination = queue();
      await fill(peer, destination, '1', '2', '3', '4');
      await peer.subscribe(destination, { ack: 'client' });
      const [, , third] = await peer.messages(4);
      if (third) await peer.settle(third, 'NACK');
      const dead = destination.replace('/queue/', '/queue/DLQ.');
      await peer.subscribe(dead);
      expect(texts(await peer.waiting())).toEqual(on(differences.nackOfClient));
    });

    it('NACK of a dead letter', async () => {
      await using peer = await connect();
      const destination = queue();
      const dead = destination.replace('/queue/', '/queue/DLQ.');
      await fill(peer, destination, '1');
      for (const refused of [destination, dead]) {
        await peer.subscribe(refused);
        await peer.settle(await peer.message(), 'NACK');
      }
      await peer.subscribe(dead.replace('/queue/', '/queue/DLQ.'));
      const found = await peer.waiting();
      expect(found.length > 0 ? 'dead-letter queue' : 'lost').toBe(on(differences.nackOfDeadLetter));
    });

    it('refuses the second ACK of a delivery', async () => {
      await using peer = await connect();
      const destination = queue();
      await fill(peer, destination, '1');
      await peer.subscribe(destination);
      const message = await peer.message();
      await peer.settle(message);
      await expect(peer.settle(message)).rejects.toThrow();
    });

    it('refuses the ACK of a delivery to another connection', async () => {
      await using peer = await connect();
      await using other = await connect();
      const destination = queue();
      await fill(peer, destination, '1');
      await peer.subscribe(destination);
      await expect(other.settle(await peer.message())).rejects.toThrow();
    });
  });
}
