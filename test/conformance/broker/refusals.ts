import { describe, expect, it } from 'vitest';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** Frames that are wrong. */
export function exerciseRefusals({ connect, queue, on }: Exercise): void {
  const wrong: readonly (readonly [string, string, Record<string, string>])[] = [
    ['SEND without destination', 'SEND', {}],
    ['ACK without id', 'ACK', {}],
    ['ACK of nothing', 'ACK', { id: 'nothing' }],
    ['NACK of nothing', 'NACK', { id: 'nothing' }],
    ['BEGIN without a name', 'BEGIN', {}],
    ['COMMIT of nothing', 'COMMIT', { transaction: 'nothing' }],
    ['ABORT of nothing', 'ABORT', { transaction: 'nothing' }],
    ['SEND in no transaction', 'SEND', { destination: '/queue/refused', transaction: 'nothing' }],
    ['SUBSCRIBE without id', 'SUBSCRIBE', { destination: '/queue/refused' }],
    ['SUBSCRIBE without destination', 'SUBSCRIBE', { id: '1' }],
    ['UNSUBSCRIBE of nothing', 'UNSUBSCRIBE', { id: 'nothing' }],
    ['a second CONNECT', 'CONNECT', { 'accept-version': '1.2' }],
  ];

  describe('refusals', () => {
    it.each(wrong)('answers %s with an ERROR that names its receipt', async (_name, command, headers) => {
      await using peer = await connect();
      peer.send(command, { ...headers, receipt: 'r' });
      const error = await peer.error();
      expect(error.headers['message']).toBeTruthy();
      if (command !== 'CONNECT') expect(error.headers['receipt-id']).toBe('r');
    });

    it('closes the connection after an ERROR, or does not', async () => {
      await using peer = await connect();
      peer.send('ACK', { id: 'nothing' });
      await peer.error();
      const ended = peer.ended.then(() => 'closed');
      peer.send('SEND', { destination: queue(), receipt: 'after' }, 'x');
      const open = peer
        .next(({ command }) => command === 'RECEIPT')
        .then(
          () => 'open',
          () => 'closed',
        );
      expect(await Promise.race([ended, open])).toBe(on(differences.afterError));
    });

    it('answers an unknown command with ERROR and closes', async () => {
      await using peer = await connect();
      peer.send('PUBLISH');
      expect((await peer.error()).headers['message']).toContain('PUBLISH');
      await peer.ended;
    });

    it('refuses a transaction that is begun twice', async () => {
      await using peer = await connect();
      await peer.ask('BEGIN', { transaction: 't' });
      await expect(peer.ask('BEGIN', { transaction: 't' })).rejects.toThrow();
    });

    it.each(['priority', 'expires', 'AMQ_SCHEDULED_DELAY'])('does not accept %s: soon', async (header) => {
      await using peer = await connect();
      peer.send('SEND', { destination: queue(), [header]: 'soon', receipt: 'r' }, 'x');
      const answer = await peer.next().then(
        ({ command }) => command,
        () => 'silence',
      );
      expect(answer).toBe(on(differences.malformedNumber));
      await peer.ended;
    });

    it('a prefetch of 0', async () => {
      await using peer = await connect();
      const subscribed = peer.subscribe(queue(), { 'activemq.prefetchSize': '0' });
      expect(
        await subscribed.then(
          () => 'accepted',
          () => 'refused',
        ),
      ).toBe(on(differences.prefetchZero));
    });

    it('a destination of no kind', async () => {
      await using peer = await connect();
      const sent = peer.put('/elsewhere/x', 'x');
      expect(
        await sent.then(
          () => 'accepted',
          () => 'refused',
        ),
      ).toBe(on(differences.unknownDestination));
    });
  });
}
