import { describe, expect, it } from 'vitest';
import { encode } from '../../src/stomp/encode.ts';
import { startBroker } from '../../src/broker/broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

const KILOBYTE = Buffer.alloc(1024, 'x');

describe('limits', () => {
  it('a full store refuses what does not fit, confirms nothing of it, and goes on', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker({
      port: 0,
      store: folder.path,
      limits: { storeBytes: 512 * 1024, roomMs: 200 },
    });
    const accepted: string[] = [];
    await using filler = await Peer.connect(broker.port);
    const refused = broker.events.once('storeFailed');
    for (let index = 0; index < 2000; index += 1) {
      filler.send('SEND', { destination: '/queue/a', receipt: String(index) }, KILOBYTE);
    }
    for (;;) {
      const { command, headers } = await filler.next();
      if (command === 'ERROR') {
        expect(headers['code']).toBe('broker.store-failed');
        break;
      }
      accepted.push(headers['receipt-id'] ?? '');
    }
    await refused;
    await filler.ended;
    await using peer = await Peer.connect(broker.port);
    await peer.subscribe('/queue/a', { ack: 'client', 'activemq.prefetchSize': '100000' });
    const found = await peer.messages(accepted.length);
    for (const message of found.slice(-1)) await peer.settle(message);
    expect(texts(await peer.waiting())).toEqual([]);
    await peer.put('/queue/a', 'fits again');
    expect((await peer.message()).body.toString()).toBe('fits again');
  });

  it('a transaction that the store refuses leaves its messages unacknowledged', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker({
      port: 0,
      store: folder.path,
      limits: { storeBytes: 512 * 1024, roomMs: 200 },
    });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/a', 'kept');
    await peer.subscribe('/queue/a');
    const { headers } = await peer.message();
    await peer.ask('BEGIN', { transaction: 't' });
    peer.send('ACK', { id: headers['ack'] ?? '', transaction: 't' });
    for (let index = 0; index < 1000; index += 1) {
      peer.send('SEND', { destination: '/queue/b', transaction: 't' }, KILOBYTE);
    }
    await expect(peer.ask('COMMIT', { transaction: 't' })).rejects.toThrow('full');
    await using other = await Peer.connect(broker.port);
    await other.subscribe('/queue/a');
    await other.subscribe('/queue/b');
    expect(texts(await other.waiting())).toEqual(['kept']);
  });

  it('what does not fit does not take down what came in the same turn from others', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker({
      port: 0,
      store: folder.path,
      limits: { storeBytes: 512 * 1024, roomMs: 200 },
    });
    await using greedy = await Peer.connect(broker.port);
    await using modest = await Peer.connect(broker.port);
    const large = greedy.put('/queue/a', Buffer.alloc(600 * 1024));
    const small = modest.put('/queue/b', 'small');
    await expect(large).rejects.toThrow('full');
    await small;
  });

  it('connections beyond the limit are told so', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { connections: 1 } });
    await using first = await Peer.connect(broker.port);
    await expect(Peer.connect(broker.port)).rejects.toThrow('1 connections');
    const left = broker.events.once('disconnected', ({ session }) => session.endsWith('-1'));
    await first.vanish();
    await left;
    await using second = await Peer.connect(broker.port);
    await second.ask('SEND', { destination: '/topic/x' });
  });

  it('a transaction that is too large is refused', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { transactionBytes: 4096 } });
    await using peer = await Peer.connect(broker.port);
    await peer.ask('BEGIN', { transaction: 't' });
    for (let index = 0; index < 4; index += 1) {
      peer.send('SEND', { destination: '/queue/a', transaction: 't' }, KILOBYTE);
    }
    expect((await peer.error()).headers['code']).toBe('broker.transaction-too-large');
  });

  it('what all hold in memory together is limited, and free again when they end', async () => {
    const limits = { memoryBytes: 16 * 1024, roomMs: 200 };
    await using broker = await startBroker({ port: 0, store: ':memory:', limits });
    for (let round = 0; round < 3; round += 1) {
      const left = broker.events.once('disconnected', ({ session }) => session.endsWith(`-${String(3 * round + 2)}`));
      {
        await using owner = await Peer.connect(broker.port);
        await using peer = await Peer.connect(broker.port);
        for (let index = 0; index < 6; index += 1) await owner.put('/temp-queue/t', KILOBYTE);
        for (let name = 0; name < 16; name += 1) await peer.ask('BEGIN', { transaction: String(name) });
        for (let name = 0; name < 16; name += 1) {
          peer.send('SEND', { destination: '/queue/a', transaction: String(name) }, KILOBYTE);
        }
        expect((await peer.error()).headers['code']).toBe('broker.memory-full');
        await left;
        // Those transactions are gone, so there is room; and what is committed, aborted or read is gone from memory too.
        await using other = await Peer.connect(broker.port);
        for (const end of ['COMMIT', 'ABORT', 'COMMIT', 'ABORT']) {
          await other.ask('BEGIN', { transaction: 't' });
          for (let index = 0; index < 6; index += 1) {
            other.send('SEND', { destination: '/queue/a', transaction: 't' }, KILOBYTE);
          }
          await other.ask(end, { transaction: 't' });
        }
        await owner.subscribe('/temp-queue/t', { ack: 'auto' });
        await owner.messages(6);
        for (let index = 0; index < 14; index += 1) await owner.put('/temp-queue/unread', KILOBYTE);
      }
    }
  });

  it('a temporary queue that nobody reads is full one day', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { temporaryBytes: 4096 } });
    await using peer = await Peer.connect(broker.port);
    for (let index = 0; index < 4; index += 1) await peer.put('/temp-queue/t', KILOBYTE);
    await expect(peer.put('/temp-queue/t', KILOBYTE)).rejects.toThrow('4096');
  });

  it('a subscriber that does not read loses the oldest messages of its topic, and holds up nobody', async () => {
    await using broker = await startBroker({
      port: 0,
      store: ':memory:',
      limits: { temporaryBytes: 256 * 1024, outputBytes: 64 * 1024 },
    });
    await using sender = await Peer.connect(broker.port);
    await using slow = await Peer.connect(broker.port);
    await using quick = await Peer.connect(broker.port);
    for (const peer of [slow, quick]) await peer.subscribe('/topic/t', { ack: 'auto' });
    slow.socket.pause();
    const drops: string[] = [];
    broker.events.on('dropped', ({ topic }) => drops.push(topic));
    let sent = 0;
    for (; drops.length === 0; sent += 1) {
      await sender.ask('SEND', { destination: '/topic/t', number: String(sent) }, Buffer.alloc(32 * 1024));
      expect((await quick.message()).headers['number']).toBe(String(sent));
    }
    await sender.ask('SEND', { destination: '/topic/t', number: 'last' }, 'x');
    slow.socket.resume();
    const received: (string | undefined)[] = [];
    while (received.at(-1) !== 'last') received.push((await slow.message()).headers['number']);
    expect(received.length).toBeLessThan(sent + 1);
    expect(received[0]).toBe('0');
  });

  it('a consumer that does not read is given no more than its connection takes', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { outputBytes: 64 * 1024 } });
    await using sender = await Peer.connect(broker.port);
    await using slow = await Peer.connect(broker.port);
    slow.socket.pause();
    for (let index = 0; index < 100; index += 1) await sender.put('/queue/a', Buffer.alloc(256 * 1024));
    slow.send('SUBSCRIBE', { destination: '/queue/a', id: '1', ack: 'auto' });
    await using quick = await Peer.connect(broker.port);
    await quick.subscribe('/queue/a', { ack: 'auto' });
    expect((await quick.messages(10)).length).toBe(10);
    slow.socket.resume();
    const all = [...(await slow.messages(1)), ...(await quick.messages(1))];
    expect(all.length).toBe(2);
  });

  it('a client that asks for answers and does not read them is not read from either, until it does', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:', limits: { outputBytes: 64 * 1024 } });
    await using greedy = await Peer.connect(broker.port);
    greedy.socket.pause();
    const receipt = 'r'.repeat(1000);
    const question = encode({ command: 'SEND', headers: { destination: '/topic/t', receipt }, body: Buffer.alloc(0) });
    const sent = 40_000;
    for (let index = 0; index < sent; index += 1) greedy.socket.write(question);
    await using other = await Peer.connect(broker.port);
    await other.ask('SEND', { destination: '/topic/t' });
    greedy.socket.resume();
    for (let index = 0; index < sent; index += 1) expect((await greedy.next()).command).toBe('RECEIPT');
  });
});
