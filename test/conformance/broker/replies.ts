import { describe, expect, it } from 'vitest';
import { texts, type Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';

/** Temporary queues and reply-to. */
export function exerciseReplies({ connect, queue }: Exercise): void {
  /** Somebody asks with a temporary queue as the address for the answer; what the answering side sees as that address. */
  const ask = async (asking: Peer, answering: Peer): Promise<string> => {
    const destination = queue();
    await answering.subscribe(destination, { ack: 'auto' });
    await asking.subscribe('/temp-queue/answers', { ack: 'auto' });
    await asking.put(destination, 'question', { 'reply-to': '/temp-queue/answers', 'correlation-id': '7' });
    const { headers } = await answering.message();
    expect(headers['correlation-id']).toBe('7');
    return headers['reply-to'] ?? '';
  };

  describe('replies', () => {
    it('reach the temporary queue of who asked, under the name it chose', async () => {
      await using asking = await connect();
      await using answering = await connect();
      const address = await ask(asking, answering);
      expect(address).toMatch(/^\/remote-temp-queue\//);
      await answering.ask('SEND', { destination: address }, 'answer');
      const { headers, body } = await asking.message();
      expect(headers['destination']).toBe('/temp-queue/answers');
      expect(body.toString()).toBe('answer');
    });

    it('of the same name on two connections are two queues', async () => {
      await using one = await connect();
      await using other = await connect();
      await using answering = await connect();
      const [first, second] = [await ask(one, answering), await ask(other, answering)];
      await answering.ask('SEND', { destination: second }, 'second');
      await answering.ask('SEND', { destination: first }, 'first');
      expect(texts([await one.message(), await other.message()])).toEqual(['first', 'second']);
    });

    it('can be sent by the owner to itself', async () => {
      await using peer = await connect();
      await peer.subscribe('/temp-queue/mine', { ack: 'auto' });
      await peer.ask('SEND', { destination: '/temp-queue/mine' }, 'x');
      expect((await peer.message()).headers['destination']).toBe('/temp-queue/mine');
    });

    it('to durable queues keep their address', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, 'x', { 'reply-to': '/queue/answers' });
      await peer.subscribe(destination);
      expect((await peer.message()).headers['reply-to']).toBe('/queue/answers');
    });

    it('to a connection that is gone are an ERROR', async () => {
      await using asking = await connect();
      await using answering = await connect();
      const address = await ask(asking, answering);
      await asking.ask('DISCONNECT');
      await expect(answering.ask('SEND', { destination: address }, 'late')).rejects.toThrow();
    });

    it('to a connection that is gone roll their transaction back', async () => {
      await using asking = await connect();
      await using answering = await connect();
      const address = await ask(asking, answering);
      await asking.ask('DISCONNECT');
      const other = queue();
      await answering.ask('BEGIN', { transaction: 't' });
      answering.send('SEND', { destination: other, transaction: 't' }, 'with it');
      answering.send('SEND', { destination: address, transaction: 't' }, 'late');
      await expect(answering.ask('COMMIT', { transaction: 't' })).rejects.toThrow();
      await using after = await connect();
      await after.subscribe(other);
      expect(await after.waiting()).toEqual([]);
    });
  });
}
