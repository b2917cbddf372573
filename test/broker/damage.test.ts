import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { Peer, texts } from './peer.ts';

const COUNT = 400;
const PAGE_BYTES = 4096;

const bodyOf = (index: number): string => `message ${String(index).padStart(4, '0')} `.padEnd(1000, 'x');

async function fill(port: number): Promise<void> {
  await using peer = await Peer.connect(port);
  for (let index = 0; index < COUNT; index += 1) peer.send('SEND', { destination: '/queue/a' }, bodyOf(index));
  await peer.put('/queue/b', 'elsewhere');
  await peer.put('/queue/a', 'delayed', { AMQ_SCHEDULED_DELAY: '100000000' });
}

/** As a bad disk does: the page with this message holds something else. */
function damage(folder: string, index: number): void {
  const file = join(folder, 'broker.sqlite');
  const bytes = readFileSync(file);
  const at = bytes.indexOf(bodyOf(index));
  expect(at).toBeGreaterThan(0);
  const page = at - (at % PAGE_BYTES);
  writeFileSync(file, bytes.fill(0xff, page, page + PAGE_BYTES));
}

async function remaining(port: number): Promise<string[]> {
  await using peer = await Peer.connect(port);
  await peer.subscribe('/queue/a', { 'activemq.prefetchSize': '10000' });
  await peer.subscribe('/queue/b');
  return texts(await peer.waiting());
}

describe('a damaged store', () => {
  it('is opened with all that can be read; what is lost is named, and the damaged file kept', async () => {
    await using folder = await temporaryFolder();
    {
      await using broker = await startBroker({ port: 0, store: folder.path });
      expect(broker.repair).toBeUndefined();
      await fill(broker.port);
    }
    damage(folder.path, 200);
    writeFileSync(join(folder.path, 'broker.sqlite.suspect'), '');
    await using broker = await startBroker({ port: 0, store: folder.path });
    const { kept = 0, lost = [], mayBeMore, damaged = '' } = broker.repair ?? {};
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(10);
    expect(kept + lost.length).toBe(COUNT + 2);
    expect(mayBeMore).toBe(false);
    expect(new Set(lost.map(({ destination }) => destination))).toEqual(new Set(['/queue/a']));
    expect(readFileSync(damaged).includes(bodyOf(0))).toBe(true);
    const found = await remaining(broker.port);
    expect(found.length).toBe(kept - 1);
    const expected = Array.from({ length: COUNT }, (_, index) => bodyOf(index)).filter((body) => found.includes(body));
    expect(found.filter((body) => body !== 'elsewhere')).toEqual(expected);
    expect(found).not.toContain(bodyOf(200));
    expect(existsSync(join(folder.path, 'broker.sqlite.suspect'))).toBe(false);
  });

  it('that shows only while it is used ends the process, and is repaired by the next start', async () => {
    await using broker = await startBrokerProcess();
    await fill(broker.port);
    await broker.kill('SIGTERM');
    damage(broker.store, 300);
    await broker.restart();
    await using peer = await Peer.connect(broker.port);
    peer.send('SUBSCRIBE', { destination: '/queue/a', id: '1', ack: 'client', 'activemq.prefetchSize': '10000' });
    await broker.ended;
    expect(await readdir(broker.store)).toContain('broker.sqlite.suspect');
    await broker.restart();
    expect((await remaining(broker.port)).length).toBeGreaterThan(COUNT - 10);
  });

  it('whose repair was killed half-way is repaired by the next start', async () => {
    await using folder = await temporaryFolder();
    {
      await using broker = await startBroker({ port: 0, store: folder.path });
      await fill(broker.port);
    }
    const file = join(folder.path, 'broker.sqlite');
    renameSync(file, `${file}.saved`);
    writeFileSync(`${file}-wal`, 'the log of the damaged file');
    await using broker = await startBroker({ port: 0, store: folder.path });
    expect((await remaining(broker.port)).length).toBe(COUNT + 1);
  });

  it('is not taken for one after a crash', async () => {
    await using broker = await startBrokerProcess();
    await fill(broker.port);
    await broker.kill('SIGKILL');
    await broker.restart();
    expect((await remaining(broker.port)).length).toBe(COUNT + 1);
    expect((await readdir(broker.store)).filter((name) => name.includes('damaged'))).toEqual([]);
  });
});
