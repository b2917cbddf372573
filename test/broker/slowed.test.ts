import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { encode } from '../../src/stomp/encode.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { Peer, texts } from './peer.ts';

const MEGABYTE = 1024 * 1024;
const BODY = 10_000;

describe('senders for whose messages there is no room', () => {
  it('are slowed, not refused, while others make room; and the memory of the broker stays what it was', async () => {
    const limits = { storeBytes: 16 * MEGABYTE, cacheBytes: 4 * MEGABYTE };
    await using broker = await startBrokerProcess({ limits });
    await using reader = await Peer.connect(broker.port);
    const senders = [0, 1, 2, 3];
    const each = 3000;
    const sent = Promise.all(senders.map((sender) => sendMany(broker.port, sender, each)));
    const first = await Promise.race([
      sent.then(() => 'all'),
      untilFull(broker.port, 13 * MEGABYTE).then(() => 'full'),
    ]);
    expect(first).toBe('full');
    await reader.subscribe('/queue/a', { 'activemq.prefetchSize': '50' });
    const seen = senders.map(() => 0);
    for (let count = 0; count < senders.length * each; count += 1) {
      const message = await reader.message();
      const [sender = 0, number] = message.body.toString().split(' ', 2).map(Number);
      expect(number).toBe(seen[sender]);
      seen[sender] = Number(number) + 1;
      reader.send('ACK', { id: message.headers['ack'] ?? '' });
    }
    expect(await sent).toEqual(senders.map(() => each));
    // 120 MB went through it.
    expect(await peakMegabytes(broker.pid)).toBeLessThan(250);
  }, 120_000);

  it('leave the last room to those who make some: one connection may take, send and acknowledge all the while', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { storeBytes: 4 * MEGABYTE } });
    const slowed = broker.events.once('slowed');
    const each = 1000;
    const sent = sendMany(broker.port, 0, each);
    await slowed;
    await using service = await Peer.connect(broker.port);
    await service.subscribe('/queue/a', { 'activemq.prefetchSize': '10' });
    await using reader = await Peer.connect(broker.port);
    for (let count = 0; count < each; count += 1) {
      const message = await service.message();
      service.send('BEGIN', { transaction: 't' });
      service.send('ACK', { id: message.headers['ack'] ?? '', transaction: 't' });
      service.send('SEND', { destination: '/queue/b', transaction: 't' }, message.body);
      await service.ask('COMMIT', { transaction: 't' });
      // Nobody reads what comes of it before there is a lot.
      if (count === 100) await reader.subscribe('/queue/b', { ack: 'auto' });
    }
    expect(await sent).toBe(each);
    expect((await reader.messages(each)).length).toBe(each);
  }, 60_000);

  it('are told so when nobody makes room for too long, and nothing behind what was refused is obeyed', async () => {
    const limits = { storeBytes: MEGABYTE, roomMs: 300 };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/work', 'task');
    await peer.subscribe('/queue/work');
    const { headers } = await peer.message();
    const result = { destination: '/queue/results', receipt: 'result' };
    // In one piece, so that the broker reads them together.
    peer.socket.write(
      Buffer.concat([
        encode({ command: 'SEND', headers: result, body: Buffer.alloc(2 * MEGABYTE) }),
        encode({ command: 'ACK', headers: { id: headers['ack'] ?? '' }, body: Buffer.alloc(0) }),
      ]),
    );
    expect((await peer.error()).headers).toMatchObject({ code: 'broker.store-failed', 'receipt-id': 'result' });
    await peer.ended;
    await using other = await Peer.connect(broker.port);
    await other.subscribe('/queue/work');
    expect(texts([await other.message()])).toEqual(['task']);
  });

  it('are forgotten when they have gone, with what they had acknowledged behind it', async () => {
    await using broker = await startBroker({
      port: 0,
      store: ':memory:',
      limits: { storeBytes: MEGABYTE, roomMs: 2000 },
    });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/work', 'task');
    await peer.subscribe('/queue/work');
    const { headers } = await peer.message();
    const slowed = broker.events.once('slowed');
    peer.send('SEND', { destination: '/queue/results' }, Buffer.alloc(2 * MEGABYTE));
    peer.send('ACK', { id: headers['ack'] ?? '' });
    await slowed;
    await peer.vanish();
    await using other = await Peer.connect(broker.port);
    await other.subscribe('/queue/work');
    expect(texts([await other.message()])).toEqual(['task']);
  });

  it('wait for memory too: a transaction begins when others have ended, and is neither cut nor reordered', async () => {
    const limits = { memoryBytes: 64 * 1024, roomMs: 20_000 };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    await using holder = await Peer.connect(broker.port);
    await holder.ask('BEGIN', { transaction: 'large' });
    for (let index = 0; index < 6; index += 1) {
      await holder.ask('SEND', { destination: '/queue/a', transaction: 'large' }, Buffer.alloc(BODY, 'x'));
    }
    const slowed = broker.events.once('slowed');
    await using waiter = await Peer.connect(broker.port, { 'heart-beat': '100,0' });
    const beating = setInterval(() => waiter.socket.write('\n'), 50);
    waiter.send('SEND', { destination: '/queue/b' }, 'before');
    waiter.send('BEGIN', { transaction: 't' });
    waiter.send('SEND', { destination: '/queue/b', transaction: 't' }, Buffer.alloc(BODY, 'y'));
    const committed = waiter.ask('COMMIT', { transaction: 't' });
    waiter.send('SEND', { destination: '/queue/b' }, 'after');
    await slowed;
    await holder.ask('COMMIT', { transaction: 'large' });
    await committed;
    clearInterval(beating);
    await using reader = await Peer.connect(broker.port);
    await reader.subscribe('/queue/b', { ack: 'auto' });
    const found = texts(await reader.messages(3));
    expect(found.map((body) => body.slice(0, 6))).toEqual(['before', 'yyyyyy', 'after']);
  });

  it('are told so when all of them have begun and none can end', async () => {
    const limits = { memoryBytes: 64 * 1024, roomMs: 300 };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    await using one = await Peer.connect(broker.port);
    await using two = await Peer.connect(broker.port);
    for (const peer of [one, two]) {
      await peer.ask('BEGIN', { transaction: 't' });
      for (let index = 0; index < 3; index += 1) await sendIn(peer);
    }
    const ended = [one, two].map(async (peer) => {
      return await sendIn(peer)
        .then(async () => await sendIn(peer))
        .then(
          () => 'sent',
          (error: unknown) => (error as Error).message,
        );
    });
    const found = await Promise.all(ended);
    expect(found).toContainEqual(expect.stringContaining('which is the limit'));
    await using later = await Peer.connect(broker.port);
    await later.ask('BEGIN', { transaction: 't' });
    await sendIn(later);
    await later.ask('COMMIT', { transaction: 't' });
  });
});

/** In transaction `t`. */
async function sendIn(peer: Peer): Promise<void> {
  await peer.ask('SEND', { destination: '/queue/a', transaction: 't' }, Buffer.alloc(BODY));
}

/** Sends as fast as the broker reads, each with a receipt; resolves with how many were confirmed. */
async function sendMany(port: number, sender: number, count: number): Promise<number> {
  await using peer = await Peer.connect(port);
  for (let number = 0; number < count; number += 1) {
    const body = `${String(sender)} ${String(number)} `.padEnd(BODY, 'x');
    peer.send('SEND', { destination: '/queue/a', receipt: String(number) }, body);
  }
  for (let number = 0; number < count; number += 1) {
    const { command, headers } = await peer.next();
    if (command !== 'RECEIPT') throw new Error(headers['message']);
    if (headers['receipt-id'] !== String(number)) throw new Error('receipts came in another order');
  }
  return count;
}

/** The broker says that its store has as much, all that there is for those who only send. */
async function untilFull(port: number, bytes: number): Promise<void> {
  await using peer = await Peer.connect(port);
  await peer.subscribe('/temp-queue/figures', { ack: 'auto' });
  for (let used = 0; used < bytes;) {
    peer.send('SEND', { destination: '/queue/ActiveMQ.Statistics.Broker', 'reply-to': '/temp-queue/figures' });
    const { map } = JSON.parse((await peer.message()).body.toString()) as { map: { entry: StatisticsEntry[] } };
    used = map.entry.find(({ string }) => string === 'storeUsage')?.long ?? 0;
  }
}

interface StatisticsEntry {
  readonly string: string | readonly string[];
  readonly long?: number;
}

/** The most that the process has had in memory. */
async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
