import { copyFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { ManualClock } from './manual-clock.ts';
import { Peer, texts } from './peer.ts';

const KILOBYTE = 'x'.repeat(1024);

async function fill(peer: Peer, destination: string, count: number, body = KILOBYTE): Promise<void> {
  for (let index = 1; index < count; index += 1) peer.send('SEND', { destination }, body);
  await peer.put(destination, body);
}

async function drain(peer: Peer, destination: string, count: number): Promise<void> {
  await peer.subscribe(destination, { ack: 'client', 'activemq.prefetchSize': '10000' });
  for (const last of (await peer.messages(count)).slice(-1)) await peer.settle(last);
}

describe('the store of the first format', () => {
  it('is migrated, with all that waits in it', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'broker.sqlite');
    await copyFile(fileURLToPath(new URL('../fixtures/broker-format-1.sqlite', import.meta.url)), file);
    const clock = new ManualClock(Date.UTC(2026, 10, 22));
    {
      await using broker = await startBroker({ port: 0, store: folder.path, clock });
      await using peer = await Peer.connect(broker.port);
      for (const name of ['plain', 'grouped', 'expiring', 'delayed', 'large']) await peer.subscribe(`/queue/${name}`);
      const found = await peer.waiting();
      expect(
        texts(found)
          .map((text) => text.slice(0, 6))
          .sort(),
      ).toEqual(['1', '2', 'e', 'g', 'urgent', 'xxxxxx']);
      const inOrder = found.filter(({ headers }) => headers['destination'] === '/queue/plain');
      expect(texts(inOrder)).toEqual(['urgent', '1', '2']);
      expect(found.find(({ body }) => body.toString() === 'g')?.headers['JMSXGroupID']).toBe('group');
      for (const message of found) await peer.settle(message);
      clock.advance(40 * 86_400_000);
      expect(texts(await peer.messages(1))).toEqual(['d']);
    }
    const database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    expect(database.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 });
    database.close();
  });
});

describe('a drained backlog', () => {
  it('gives its space back to the disk while messages go through', async () => {
    await using folder = await temporaryFolder();
    const clock = new ManualClock(Date.now());
    await using broker = await startBroker({ port: 0, store: folder.path, clock });
    await using peer = await Peer.connect(broker.port);
    await fill(peer, '/queue/a', 3000, KILOBYTE.repeat(12));
    await drain(peer, '/queue/a', 3000);
    const size = async (): Promise<number> => (await stat(join(folder.path, 'broker.sqlite'))).size;
    expect(await size()).toBeGreaterThan(30_000_000);
    await peer.subscribe('/queue/b', { ack: 'auto' });
    for (let sent = 0; (await size()) > 20_000_000; sent += 1) {
      clock.advance(10_000);
      await peer.put('/queue/b', String(sent));
      expect((await peer.message()).body.toString()).toBe(String(sent));
    }
  });
});
