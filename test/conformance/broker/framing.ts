import { describe, expect, it } from 'vitest';
import type { Peer } from '../../broker/peer.ts';
import type { Exercise } from '../broker.ts';
import { differences } from './differences.ts';

/** How frames may be written. STOMP 1.2, "STOMP Frames", "Value Encoding", "Repeated Header Entries". */
export function exerciseFraming({ connect, queue, on }: Exercise): void {
  /** What comes of a SEND whose headers, after its destination, are written so. */
  const sent = async (peer: Peer, headers: string, end = '\n'): Promise<Record<string, string>> => {
    const destination = queue();
    peer.socket.write(`SEND${end}destination:${destination}${end}${headers}${end}${end}x\0`);
    await peer.subscribe(destination, { ack: 'auto' });
    return (await peer.message()).headers;
  };

  describe('frames', () => {
    it('may end their lines with CR LF', async () => {
      await using peer = await connect();
      expect(await sent(peer, 'mine:kept', '\r\n')).toMatchObject({ mine: 'kept' });
    });

    it('may have empty lines between them', async () => {
      await using peer = await connect();
      peer.socket.write('\n\n\r\n\n\n');
      expect(await sent(peer, 'mine:kept')).toMatchObject({ mine: 'kept' });
    });

    it('of which a header is repeated count with its first value', async () => {
      await using peer = await connect();
      expect(await sent(peer, 'mine:first\nmine:second')).toMatchObject({ mine: 'first' });
    });

    it('escape CR, LF, colon and backslash in headers', async () => {
      await using peer = await connect();
      expect(await sent(peer, 'a\\cb:1\\r2\\n3\\c4\\\\5')).toMatchObject({ 'a:b': '1\r2\n3:4\\5' });
    });

    it('with another escape are an ERROR, or pass', async () => {
      await using peer = await connect();
      const destination = queue();
      peer.socket.write(`SEND\ndestination:${destination}\nmine:\\t\nreceipt:r\n\nx\0`);
      expect((await peer.next()).command === 'ERROR' ? 'refused' : 'accepted').toBe(on(differences.unknownEscape));
    });

    it('may come in any pieces', async () => {
      await using peer = await connect();
      const destination = queue();
      const bytes = Buffer.from(
        `SEND\ndestination:${destination}\nmine:zwölf\ncontent-length:3\nreceipt:r\n\na\0b\0\n`,
      );
      for (const byte of bytes) {
        await new Promise((written) => peer.socket.write(Buffer.of(byte), written));
      }
      await peer.next(({ headers }) => headers['receipt-id'] === 'r');
      await peer.subscribe(destination, { ack: 'auto' });
      const { headers, body } = await peer.message();
      expect([headers['mine'], body.toString()]).toEqual(['zwölf', 'a\0b']);
    });

    it('are answered in their order', async () => {
      await using peer = await connect();
      const destination = queue();
      for (const receipt of ['1', '2']) peer.send('SEND', { destination, receipt }, 'x');
      peer.send('BEGIN', { transaction: 't', receipt: '3' });
      peer.send('SUBSCRIBE', { destination: queue(), id: 's', receipt: '4' });
      peer.send('ABORT', { transaction: 't', receipt: '5' });
      peer.send('UNSUBSCRIBE', { id: 's', receipt: '6' });
      const receipts: (string | undefined)[] = [];
      while (receipts.length < 6) receipts.push((await peer.next()).headers['receipt-id']);
      expect(receipts).toEqual(['1', '2', '3', '4', '5', '6']);
    });
  });
}
