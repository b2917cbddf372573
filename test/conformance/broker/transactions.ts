import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** BEGIN, COMMIT, ABORT with SEND, ACK and NACK inside. */
export function exerciseTransactions({ connect, queue, on }: Exercise): void {
  const transaction = 't';

  describe('transactions', () => {
    it('send nothing before COMMIT and everything after, in order', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination);
      await peer.ask('BEGIN', { transaction });
      await peer.put(destination, '1', { transaction });
      await peer.put(destination, '2', { transaction });
      expect(await peer.waiting()).toEqual([]);
      await peer.ask('COMMIT', { transaction });
      expect(texts(await peer.messages(2))).toEqual(['1', '2']);
    });

    it('send nothing after ABORT', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.subscribe(destination);
      await peer.ask('BEGIN', { transaction });
      await peer.put(destination, '1', { transaction });
      await peer.ask('ABORT', { transaction });
      expect(await peer.waiting()).toEqual([]);
    });

    it('acknowledge and send together', async () => {
      await using peer = await connect();
      const [from, to] = [queue(), queue()];
      await peer.put(from, '1');
      await peer.subscribe(from);
      const message = await peer.message();
      await peer.ask('BEGIN', { transaction });
      peer.send('ACK', { id: message.headers['ack'] ?? '', transaction });
      peer.send('SEND', { destination: to, transaction }, '2');
      await peer.ask('COMMIT', { transaction });
      await peer.vanish();
      await using other = await connect();
      await other.subscribe(from);
      await other.subscribe(to);
      expect(texts(await other.waiting())).toEqual(['2']);
    });

    it('acknowledge thousands that were held, with what came of them', async () => {
      await using peer = await connect();
      const [from, to] = [queue(), queue()];
      for (let index = 0; index < 3000; index += 1)
        peer.send('SEND', { destination: from, persistent: 'true', JMSXGroupID: 'scan' }, String(index));
      await peer.subscribe(from, { 'activemq.prefetchSize': '65535' });
      const held = await peer.messages(3000);
      await peer.ask('BEGIN', { transaction });
      for (const { headers } of held) peer.send('ACK', { id: headers['ack'] ?? '', transaction });
      peer.send('SEND', { destination: to, transaction, persistent: 'true' }, 'result');
      await peer.ask('COMMIT', { transaction });
      await peer.vanish();
      await using other = await connect();
      await other.subscribe(from);
      await other.subscribe(to);
      expect(texts(await other.waiting())).toEqual(['result']);
    });

    it('that end with the connection have done nothing', async () => {
      const [from, to] = [queue(), queue()];
      {
        await using peer = await connect();
        await peer.put(from, '1');
        await peer.subscribe(from);
        const message = await peer.message();
        await peer.ask('BEGIN', { transaction });
        await peer.settle(message, 'ACK', { transaction });
        await peer.put(to, '2', { transaction });
        await peer.vanish();
      }
      await using other = await connect();
      await other.subscribe(from);
      await other.subscribe(to);
      const [message, ...more] = await other.waiting();
      expect(message?.body.toString()).toBe('1');
      expect(message?.headers['redelivered']).toBe('true');
      expect(more).toEqual([]);
    });

    it('that acknowledged and were aborted leave the message in flight, to be acknowledged again', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, '1');
      await peer.subscribe(destination);
      const message = await peer.message();
      await peer.ask('BEGIN', { transaction });
      await peer.settle(message, 'ACK', { transaction });
      await peer.ask('ABORT', { transaction });
      expect(await peer.waiting()).toEqual([]);
      await peer.ask('BEGIN', { transaction: 'second' });
      await peer.settle(message, 'ACK', { transaction: 'second' });
      await peer.ask('COMMIT', { transaction: 'second' });
      await peer.vanish();
      await using other = await connect();
      await other.subscribe(destination);
      expect(await other.waiting()).toEqual([]);
    });

    it('that acknowledged and were aborted give the message back when the connection ends', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, '1');
      await peer.subscribe(destination);
      await peer.ask('BEGIN', { transaction });
      await peer.settle(await peer.message(), 'ACK', { transaction });
      await peer.ask('ABORT', { transaction });
      await peer.vanish();
      await using other = await connect();
      await other.subscribe(destination);
      expect((await other.message()).headers['redelivered']).toBe('true');
    });

    it('send to the dead-letter queue what they NACK, or refuse to', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, '1');
      await peer.subscribe(destination);
      await peer.ask('BEGIN', { transaction });
      const nacked = peer.settle(await peer.message(), 'NACK', { transaction });
      const outcome = await nacked.then(
        () => 'taken',
        () => 'refused',
      );
      expect(outcome).toBe(on(differences.nackInTransaction));
      if (outcome === 'refused') return;
      await peer.subscribe(destination.replace('/queue/', '/queue/DLQ.'), { id: 'dead' });
      expect(await peer.waiting()).toEqual([]);
      await peer.ask('COMMIT', { transaction });
      expect((await peer.message()).body.toString()).toBe('1');
    });

    it('make room in the prefetch with what they acknowledge', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, '1');
      await peer.put(destination, '2');
      await peer.subscribe(destination, { 'activemq.prefetchSize': '1' });
      await peer.ask('BEGIN', { transaction });
      await peer.settle(await peer.message(), 'ACK', { transaction });
      expect((await peer.message()).body.toString()).toBe('2');
    });

    it('may be open side by side', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const name of ['a', 'b']) await peer.ask('BEGIN', { transaction: name });
      for (const name of ['a', 'b']) await peer.put(destination, name, { transaction: name });
      await peer.ask('COMMIT', { transaction: 'b' });
      await peer.ask('ABORT', { transaction: 'a' });
      await peer.subscribe(destination);
      expect(texts(await peer.waiting())).toEqual(['b']);
    });

    it('cover what was delivered by a subscription that has ended since', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, '1');
      await peer.put(destination, '2');
      await peer.subscribe(destination);
      const [first] = await peer.messages(2);
      await peer.ask('BEGIN', { transaction });
      if (first) await peer.settle(first, 'ACK', { transaction });
      await peer.ask('UNSUBSCRIBE', { id: destination });
      await peer.ask('COMMIT', { transaction });
      await using other = await connect();
      await other.subscribe(destination);
      expect(texts(await other.waiting())).toEqual(['2']);
    });
  });
}
