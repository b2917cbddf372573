import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Peer, texts } from '../broker/peer.ts';
import type { BrokerUnderTest } from './broker.ts';

/** The users that the broker under test is to have, and what each may do. */
export const users = {
  operator: { login: 'operator', passcode: 'all' },
  reader: { login: 'reader', passcode: 'read', may: [{ destination: '/queue/beam.>', read: true }] },
  writer: { login: 'writer', passcode: 'write', may: [{ destination: '/queue/beam.>', write: true }] },
} as const;

/**
 * Who may connect, and to what. To be run on every broker that knows users. A broker that may be silent closes some
 * connections before its refusal is out (ActiveMQ 5.17: 1 of 600) and is asked again then.
 */
export function exercisePermissions(
  name: string,
  start: () => Promise<Pick<BrokerUnderTest, 'port'> & AsyncDisposable>,
  { maybeSilent = false } = {},
): void {
  describe(`a broker with users: ${name}`, () => {
    let broker: Awaited<ReturnType<typeof start>>;
    beforeAll(async () => {
      broker = await start();
    });
    afterAll(() => broker[Symbol.asyncDispose]());
    const as = ({ login, passcode }: { login: string; passcode: string }): Promise<Peer> =>
      Peer.connect(broker.port, { login, passcode });

    const refusal = async (user: { login: string; passcode: string }): Promise<unknown> => {
      for (;;) {
        const error = await as(user).then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        if (!(maybeSilent && error instanceof Error && error.message.startsWith('the connection ended'))) return error;
      }
    };

    it('refuses who is none of them', async () => {
      expect(String(await refusal({ login: 'reader', passcode: 'guess' }))).toContain('reader');
      expect(String(await refusal({ login: 'nobody', passcode: 'read' }))).toContain('nobody');
      await expect(Peer.connect(broker.port)).rejects.toThrow();
    });

    it('lets each do what is permitted', async () => {
      await using writer = await as(users.writer);
      await using reader = await as(users.reader);
      await using operator = await as(users.operator);
      await writer.put('/queue/beam.a', '1');
      await reader.subscribe('/queue/beam.*');
      await writer.put('/queue/beam.b', '2');
      expect(texts(await reader.messages(1))).toEqual(expect.arrayContaining([expect.any(String)]));
      await operator.put('/queue/other', '3');
      await operator.subscribe('/queue/other');
      expect(texts(await operator.messages(1))).toEqual(['3']);
    });

    it.each([
      ['SEND', users.reader, '/queue/beam.a'],
      ['SEND', users.writer, '/queue/other'],
      ['SEND', users.writer, '/topic/beam.a'],
      ['SUBSCRIBE', users.writer, '/queue/beam.a'],
      ['SUBSCRIBE', users.reader, '/queue/other'],
      ['SUBSCRIBE', users.reader, '/queue/>'],
      ['SUBSCRIBE', users.reader, '/topic/beam.a'],
    ])('refuses %s of %o to %s, and names both', async (command, user, destination) => {
      await using peer = await as(user);
      peer.send(command, { destination, id: '1', receipt: 'r', persistent: 'true' });
      const { headers } = await peer.error();
      expect(headers['receipt-id']).toBe('r');
      expect(headers['message']).toContain(user.login);
      expect(headers['message']).toContain(destination.slice(destination.lastIndexOf('/') + 1));
    });

    it('refuses a SEND in a transaction', async () => {
      await using peer = await as(users.writer);
      await peer.ask('BEGIN', { transaction: 't' });
      await expect(peer.put('/queue/other', 'x', { transaction: 't' })).rejects.toThrow('other');
    });

    it('refuses to browse what may not be read', async () => {
      await using peer = await as(users.writer);
      await expect(peer.subscribe('/queue/beam.a', { browser: 'true' })).rejects.toThrow('beam.a');
    });

    it('leaves temporary queues to everybody', async () => {
      await using peer = await as(users.reader);
      await peer.subscribe('/temp-queue/answers', { ack: 'auto' });
      await peer.put('/temp-queue/answers', 'x');
      expect(texts(await peer.messages(1))).toEqual(['x']);
    });
  });
}
