import { copyFile, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { startBroker, type Broker } from '../../src/broker/broker.ts';
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

describe('a back-up', () => {
  const openCopy = async (folder: string): Promise<Broker> => await startBroker({ port: 0, store: folder });

  it('made under load holds all that was confirmed before, each message once, and can be started', async () => {
    await using folder = await temporaryFolder();
    await using broker = await startBroker({ port: 0, store: join(folder.path, 'live') });
    await using peer = await Peer.connect(broker.port);
    await fill(peer, '/queue/before', 4000);
    await using other = await Peer.connect(broker.port);
    await other.subscribe('/queue/before', { 'activemq.prefetchSize': '1' });
    await mkdir(join(folder.path, 'copy'));
    const copying = new AbortController();
    const copied = broker.backup(join(folder.path, 'copy', 'broker.sqlite')).finally(() => copying.abort());
    let sent = 0;
    // A transaction each: in the copy as on disk it is there whole or not at all.
    for (; !copying.signal.aborted; sent += 1) {
      const transaction = String(sent);
      peer.send('BEGIN', { transaction });
      for (const destination of ['/queue/one', '/queue/two'])
        peer.send('SEND', { destination, transaction }, transaction);
      await peer.ask('COMMIT', { transaction });
    }
    await copied;
    await using copy = await openCopy(join(folder.path, 'copy'));
    await using reader = await Peer.connect(copy.port);
    await reader.subscribe('/queue/one', { 'activemq.prefetchSize': '100000' });
    const one = texts(await reader.waiting());
    await reader.subscribe('/queue/two', { 'activemq.prefetchSize': '100000' });
    expect(texts(await reader.waiting())).toEqual(one);
    expect(one.length).toBeLessThanOrEqual(sent);
    expect(one).toEqual(one.map((_body, index) => String(index)));
    await drain(reader, '/queue/before', 4000);
    expect(texts(await reader.waiting())).toEqual([]);
    expect(await readdir(join(folder.path, 'copy'))).not.toContain('broker.sqlite.part');
  });

  it('that cannot be written says why, and harms nothing', async () => {
    await using broker = await startBroker({ port: 0, store: ':memory:' });
    const copied = broker.backup('/nowhere/at/all.sqlite');
    await expect(copied).rejects.toMatchObject({
      code: 'broker.backup-failed',
      fields: { path: '/nowhere/at/all.sqlite' },
    });
    await using peer = await Peer.connect(broker.port);
    await peer.put('/queue/a', 'x');
  });

  it('of a broker that is stopped meanwhile is given up or complete', async () => {
    await using folder = await temporaryFolder();
    const broker = await startBroker({ port: 0, store: folder.path });
    await using peer = await Peer.connect(broker.port);
    await fill(peer, '/queue/a', 3000);
    const copied = broker.backup(join(folder.path, 'copy.sqlite')).then(
      () => 'complete',
      () => 'given up',
    );
    await broker.stop();
    const isThere = (await copied) === 'complete';
    expect((await readdir(folder.path)).includes('copy.sqlite')).toBe(isThere);
  });
});
