import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Weather } from '../../chaos/weather.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

describe('a broker whose disk is slow', () => {
  it('loses no client that keeps its promise, and nothing else', async () => {
    await using folder = await temporaryFolder();
    const weather = new Weather(join(folder.path, 'weather'));
    // Up to so many milliseconds: longer than the client may be silent.
    weather.change({ commit: 1500 });
    await using broker = await startBrokerProcess({ environment: weather.environment });
    await using peer = await Peer.connect(broker.port, { 'heart-beat': '500,250' });
    const beats = setInterval(() => peer.socket.write('\n'), 50);
    try {
      await peer.subscribe('/queue/a', { 'activemq.prefetchSize': '100' });
      const bodies = Array.from({ length: 6 }, (_, index) => String(index));
      for (const body of bodies) await peer.put('/queue/a', body);
      const found = await peer.messages(bodies.length);
      expect(texts(found)).toEqual(bodies);
      for (const message of found.slice(0, 3)) await peer.settle(message);
      expect(peer.heartBeats.length).toBeGreaterThan(0);
    } finally {
      clearInterval(beats);
    }
    await broker.kill('SIGKILL');
    await broker.restart();
    await using after = await Peer.connect(broker.port);
    await after.subscribe('/queue/a');
    expect(texts(await after.messages(3))).toEqual(['3', '4', '5']);
  });
});
