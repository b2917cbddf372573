import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { encode } from '../../src/stomp/encode.ts';
import { seeded } from '../../chaos/random.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { inflict, malformed } from './malformed.ts';
import { Peer } from './peer.ts';

const commands = [
  'CONNECT',
  'STOMP',
  'SEND',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'ACK',
  'NACK',
  'BEGIN',
  'COMMIT',
  'ABORT',
  'DISCONNECT',
];
const names = [
  ...['destination', 'id', 'ack', 'transaction', 'receipt', 'reply-to', 'priority', 'expires', 'AMQ_SCHEDULED_DELAY'],
  ...['activemq.prefetchSize', 'browser', 'JMSXGroupID', 'JMSXGroupSeq', 'heart-beat', 'accept-version', '__proto__'],
];
const values = [
  ...[
    '/queue/a',
    '/queue/DLQ.a',
    '/topic/a.>',
    '/topic/a.b',
    '/temp-queue/t',
    '/remote-temp-queue/t',
    '1',
    '-1',
    '0',
    '9',
  ],
  ...[
    'client',
    'client-individual',
    'auto',
    'true',
    '1.2',
    '1,1',
    '/queue/ActiveMQ.Statistics.Destination.>',
    'x'.repeat(999),
  ],
];
const frame = fc.record({
  command: fc.constantFrom(...commands),
  headers: fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.constantFrom(...values), fc.string())),
  body: fc.uint8Array({ maxLength: 50 }),
});

describe('whatever a client sends', () => {
  it('random bytes do not disturb the others', async () => {
    await using broker = await startEmbeddedBroker();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), async (chunks) => {
        await using peer = await Peer.open(broker.port);
        for (const chunk of chunks) peer.socket.write(chunk);
        await isAlive(broker.port);
      }),
      { numRuns: 50 },
    );
  });

  it('random frames do not disturb the others, and are answered', async () => {
    await using broker = await startEmbeddedBroker();
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 30 }), async (frames) => {
        await using peer = await Peer.connect(broker.port);
        for (const { command, headers, body } of frames) {
          if (isWritable(headers)) peer.socket.write(encode({ command, headers, body: Buffer.from(body) }));
        }
        await isAlive(broker.port);
      }),
      { numRuns: 100 },
    );
  });

  it('frames that are wrong in all ways leave nothing behind, and a bystander gets its messages', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    await using bystander = await Peer.connect(broker.port);
    await bystander.subscribe('/queue/bystander', { ack: 'auto' });
    const open = new Set<string>();
    broker.events.on('connected', ({ session }) => open.add(session));
    broker.events.on('disconnected', ({ session }) => open.delete(session));
    const random = seeded(20261121);
    for (let round = 0; round < 40; round += 1) {
      const all = Array.from({ length: 25 }, () => inflict(broker.port, malformed(random), random));
      await bystander.put('/queue/bystander', String(round));
      expect((await bystander.message()).body.toString()).toBe(String(round));
      await Promise.all(all);
    }
    while (open.size > 0) await broker.events.once('disconnected');
  });

  it('a frame larger than allowed is refused', async () => {
    await using broker = await startEmbeddedBroker();
    await using peer = await Peer.connect(broker.port);
    peer.socket.write(`SEND\ndestination:/queue/a\ncontent-length:${'9'.repeat(12)}\n\n`);
    expect((await peer.error()).headers['code']).toBe('stomp.limit');
    await peer.ended;
  });

  it('bytes that are no STOMP are refused, with what was expected', async () => {
    await using broker = await startEmbeddedBroker();
    await using peer = await Peer.open(broker.port);
    peer.socket.write('GET / HTTP/1.1\r\n\r\n');
    expect((await peer.error()).headers['message']).toContain('STOMP 1.2');
    await peer.ended;
  });

  it('frames before the wrong one are obeyed and answered', async () => {
    await using broker = await startEmbeddedBroker();
    await using peer = await Peer.connect(broker.port);
    peer.send('SEND', { destination: '/queue/a', receipt: '1' }, 'x');
    peer.send('SEND', { destination: '/queue/a', priority: 'high', receipt: '2' }, 'x');
    peer.send('SEND', { destination: '/queue/a', receipt: '3' }, 'x');
    expect((await peer.next()).headers).toMatchObject({ 'receipt-id': '1' });
    expect((await peer.next()).headers).toMatchObject({ 'receipt-id': '2', code: 'broker.header-refused' });
    await peer.ended;
  });

  it('a client that closes its side behind its last frame gets the answers', async () => {
    await using broker = await startEmbeddedBroker();
    await using peer = await Peer.connect(broker.port);
    peer.send('SEND', { destination: '/queue/a', receipt: '1' }, 'x');
    peer.socket.end();
    expect((await peer.next()).headers['receipt-id']).toBe('1');
    await peer.ended;
  });
});

async function isAlive(port: number): Promise<void> {
  await using peer = await Peer.connect(port);
  await peer.ask('SEND', { destination: '/topic/alive' }, 'x');
}

/** STOMP has no way to write some texts; those are the codec's affair. */
function isWritable(headers: Record<string, string>): boolean {
  return Object.entries(headers).every(
    ([name, value]) => name !== '' && `${name}${value}`.isWellFormed() && !`${name}${value}`.includes('\0'),
  );
}
