import { describe, expect, it } from 'vitest';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** What of a SEND arrives. */
export function exerciseSending({ connect, queue, on }: Exercise): void {
  describe('sending', () => {
    it('delivers body and headers as they were sent', async () => {
      await using peer = await connect();
      const destination = queue();
      const headers = {
        one: 'a:b\\c\nd',
        'content-type': 'application/json',
        'correlation-id': 'c1',
        type: 'T',
        'zwölf ': ' ä ',
      };
      await peer.put(destination, '{"ü":1}', headers);
      await peer.subscribe(destination);
      const message = await peer.message();
      expect(message.headers).toMatchObject({ ...headers, destination, subscription: destination, persistent: 'true' });
      expect(message.body.toString()).toBe('{"ü":1}');
    });

    it('adds message-id, ack, timestamp, priority and expires', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, 'x');
      await peer.subscribe(destination);
      const { headers } = await peer.message();
      expect(headers).toMatchObject({ priority: '4', expires: '0' });
      expect(headers['message-id']).toBeTruthy();
      expect(headers['ack']).toBeTruthy();
      expect(Math.abs(Number(headers['timestamp']) - Date.now())).toBeLessThan(60_000);
      expect(headers).not.toHaveProperty('redelivered');
    });

    it('keeps the headers of the transport to itself', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, 'x', { 'message-id': 'mine', ack: 'mine', subscription: 'mine', timestamp: '7' });
      await peer.subscribe(destination);
      const { headers } = await peer.message();
      expect(headers).not.toHaveProperty('receipt');
      expect([headers['message-id'], headers['ack'], headers['subscription']]).not.toContain('mine');
      expect(headers['timestamp'] !== '7').toBe(on(differences.ownTimestamp));
    });

    it('delivers a content-length exactly when there was one, so that text stays text', async () => {
      await using peer = await connect();
      const destination = queue();
      await peer.put(destination, 'text');
      await peer.put(destination, Buffer.from('bytes'));
      await peer.subscribe(destination);
      const [text, bytes] = await peer.messages(2);
      expect(text?.headers).not.toHaveProperty('content-length');
      expect(bytes?.headers).toHaveProperty('content-length', '5');
    });

    it.each([0, 1, 4096, 70_000, 3_000_000])('delivers %d bytes of any value', async (length) => {
      await using peer = await connect();
      const destination = queue();
      const body = Buffer.from(Array.from({ length }, (_, index) => (index * 7) % 256));
      await peer.put(destination, body);
      await peer.subscribe(destination);
      expect((await peer.message()).body.equals(body)).toBe(true);
    });

    it('gives every message an id of its own', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const body of ['1', '2', '3']) await peer.put(destination, body);
      await peer.subscribe(destination);
      const ids = (await peer.messages(3)).map(({ headers }) => headers['message-id']);
      expect(new Set(ids).size).toBe(3);
    });
  });
}
