import { describe, expect, it } from 'vitest';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { skipWithout } from '../fixtures/require-or-skip.ts';
import { onSmallDisk, smallDisksAvailable } from '../fixtures/small-disk.ts';
import { Peer, texts } from './peer.ts';

describe('a broker whose disk is full', () => {
  it('confirms only what it has stored, tells who sends more, goes on serving, and is killed without loss', async () => {
    await using broker = await startBrokerProcess({ fileBytes: 2 * 1024 * 1024, limits: { roomMs: 100 } });
    const confirmed: string[] = [];
    // Those who try again and again are told again and again.
    for (let refusals = 0; refusals < 20; refusals += 1) {
      await using sender = await Peer.connect(broker.port);
      expect(await fill(sender, confirmed)).toContain('Nothing was stored');
    }
    expect(confirmed.length).toBeGreaterThan(50);
    {
      await using reader = await Peer.connect(broker.port);
      await reader.subscribe('/queue/a', { 'activemq.prefetchSize': '10000' });
      expect(texts(await reader.messages(confirmed.length))).toEqual(confirmed);
      await reader.subscribe('/topic/t', { ack: 'auto' });
      await reader.ask('SEND', { destination: '/topic/t' }, 'memory has room');
      expect(texts(await reader.messages(1))).toEqual(['memory has room']);
    }
    await broker.kill('SIGKILL');
    await broker.restart();
    await using peer = await Peer.connect(broker.port);
    await peer.subscribe('/queue/a', { ack: 'client', 'activemq.prefetchSize': '10000' });
    const found = await peer.messages(confirmed.length);
    expect(texts(found)).toEqual(confirmed);
    for (const message of found.slice(-1)) await peer.settle(message);
    await peer.put('/queue/a', 'fits again');
    expect(texts(await peer.waiting())).toEqual(['fits again']);
  });
});

const main = new URL('../fixtures/full-disk-main.ts', import.meta.url);

skipWithout('mounts of its own', smallDisksAvailable)('a broker whose disk others have filled', () => {
  it('takes every acknowledgement, over a kill too, and messages again when there is room', async () => {
    const found = await onSmallDisk<{ readonly confirmed: number }>(main, 128);
    expect(found.confirmed).toBeGreaterThan(300);
    expect(found).toMatchObject({ lost: 0, twice: 0, left: 0, refusals: ['refused'] });
  }, 60_000);
});

/** Sends one message after the other until one is refused; returns why. */
async function fill(peer: Peer, confirmed: string[]): Promise<string> {
  for (;;) {
    const body = `${String(confirmed.length)} `.padEnd(10_000, 'x');
    try {
      await peer.put('/queue/a', body);
    } catch (error) {
      return (error as Error).message;
    }
    confirmed.push(body);
  }
}
