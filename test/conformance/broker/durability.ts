import { describe, expect, it } from 'vitest';
import { texts } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** The broker is killed and comes back. */
export function exerciseDurability({ broker, connect, queue, on }: Exercise): void {
  const crash = async (): Promise<void> => {
    await broker().kill('SIGKILL');
    await broker().restart();
  };

  describe('after a crash', () => {
    it('what was confirmed is there, what was acknowledged is not; order and ids are the same', async () => {
      const destination = queue();
      const seen: string[] = [];
      {
        await using peer = await connect();
        for (const [body, priority] of [
          ['1', '4'],
          ['2', '4'],
          ['3', '9'],
          ['4', '4'],
        ] as const) {
          await peer.put(destination, body, { priority });
        }
        await peer.subscribe(destination);
        const messages = await peer.messages(4);
        for (const message of messages.slice(1, 2)) await peer.settle(message);
        seen.push(...messages.map(({ headers }) => headers['message-id'] ?? ''));
        await crash();
      }
      await using peer = await connect();
      await peer.subscribe(destination);
      const found = await peer.messages(3);
      expect(texts(found)).toEqual(['3', '2', '4']);
      const ids = found.map(({ headers }) => headers['message-id']);
      expect(ids).toEqual([seen[0], seen[2], seen[3]]);
      // Who had them is forgotten with the process.
      for (const { headers } of found) expect(headers).not.toHaveProperty('redelivered');
      await peer.put(destination, '5');
      expect(seen).not.toContain((await peer.message()).headers['message-id']);
    });

    it('a transaction is there whole or not at all', async () => {
      const [committed, open] = [queue(), queue()];
      {
        await using peer = await connect();
        for (const [transaction, destination] of [
          ['c', committed],
          ['o', open],
        ] as const) {
          await peer.ask('BEGIN', { transaction });
          await peer.put(destination, '1', { transaction });
          await peer.put(destination, '2', { transaction });
        }
        await peer.ask('COMMIT', { transaction: 'c' });
        await crash();
      }
      await using peer = await connect();
      await peer.subscribe(committed);
      await peer.subscribe(open);
      expect(texts(await peer.waiting())).toEqual(['1', '2']);
    });

    it.runIf(on(differences.delayAfterCrash) === 'kept')('a delayed message that was confirmed comes', async () => {
      const destination = queue();
      {
        await using peer = await connect();
        await peer.ask('BEGIN', { transaction: 't' });
        await peer.put(destination, 'delayed', { AMQ_SCHEDULED_DELAY: '500', transaction: 't' });
        await peer.ask('COMMIT', { transaction: 't' });
        await crash();
      }
      await using peer = await connect();
      await peer.subscribe(destination);
      expect((await peer.message()).body.toString()).toBe('delayed');
    });
  });
}
