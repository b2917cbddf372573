import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { startBroker } from '../../src/broker/broker.ts';
import { backUp } from '../../src/cli/backup.ts';
import { startLedger } from '../../src/ledger/ledger.ts';
import { names } from '../../src/services/names.ts';
import { BackfillStore } from '../../src/reprocess/store.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { Peer, texts } from '../broker/peer.ts';
import { startBrokerProcess } from '../fixtures/broker-process.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced, batchOf, settled } from '../ledger/records.ts';

const KILOBYTE = 'x'.repeat(1024);

async function fill(peer: Peer, destination: string, count: number): Promise<void> {
  for (let index = 1; index < count; index += 1) peer.send('SEND', { destination }, KILOBYTE);
  await peer.put(destination, KILOBYTE);
}

async function read(port: number, destination: string): Promise<string[]> {
  await using peer = await Peer.connect(port);
  await peer.subscribe(destination, { 'activemq.prefetchSize': '100000' });
  return texts(await peer.waiting());
}

/** Sends transactions of two messages each until the connection ends; returns how many were confirmed. */
async function load(peer: Peer): Promise<number> {
  for (let sent = 0; ; sent += 1) {
    const transaction = String(sent);
    try {
      peer.send('BEGIN', { transaction });
      for (const destination of ['/queue/one', '/queue/two'])
        peer.send('SEND', { destination, transaction }, transaction);
      await peer.ask('COMMIT', { transaction });
    } catch {
      return sent;
    }
  }
}

/** Does it again and again until it is disposed of. */
function endless(work: (n: number) => Promise<void>): AsyncDisposable {
  const stopping = new AbortController();
  const working = (async () => {
    for (let n = 0; !stopping.signal.aborted; n += 1) await work(n);
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await working;
    },
  };
}

describe('a back-up', () => {
  it.each(['works on', 'is killed meanwhile'])(
    'has all that was confirmed before, each transaction whole, when the broker %s',
    async (what) => {
      await using broker = await startBrokerProcess();
      await using folder = await temporaryFolder();
      await using peer = await Peer.connect(broker.port);
      await fill(peer, '/queue/before', 4000);
      await using sender = await Peer.connect(broker.port);
      const loading = load(sender);
      const copied = backUp(broker.store, join(folder.path, 'copy'));
      if (what === 'is killed meanwhile') await broker.kill('SIGKILL');
      expect(await copied).toEqual(['broker.sqlite']);
      await broker.kill('SIGKILL');
      const confirmed = await loading;
      await using copy = await startBroker({ port: 0, store: join(folder.path, 'copy') });
      expect(await read(copy.port, '/queue/before')).toHaveLength(4000);
      const one = await read(copy.port, '/queue/one');
      expect(await read(copy.port, '/queue/two')).toEqual(one);
      expect(one).toEqual(one.map((_body, index) => String(index)));
      expect(one.length).toBeLessThanOrEqual(confirmed + 1);
      // The store itself has lost nothing by it.
      await broker.restart();
      expect((await read(broker.port, '/queue/one')).length).toBeGreaterThanOrEqual(confirmed);
    },
  );

  it('has the other files too, and nothing of what is in use', async () => {
    await using folder = await temporaryFolder();
    const store = join(folder.path, 'store');
    await using broker = await startBroker({ port: 0, store: join(store, 'broker') });
    for (const name of ['spool', 'services', 'logs']) {
      await mkdir(join(store, name));
      await writeFile(join(store, name, 'file.json'), '{}');
    }
    await backUp(store, join(folder.path, 'copy'));
    const copied = await readdir(join(folder.path, 'copy'), { recursive: true });
    expect(copied.filter((name) => name.includes('.')).sort()).toEqual([
      'broker/broker.sqlite',
      'services/file.json',
      'spool/file.json',
    ]);
    expect(broker.port).toBeGreaterThan(0);
  });

  it('that cannot be made says why, and leaves nothing', async () => {
    await using folder = await temporaryFolder();
    const refusal = { code: 'cli.backup-failed', message: expect.stringContaining('no store') as string };
    await mkdir(join(folder.path, 'empty'));
    await expect(backUp(join(folder.path, 'empty'), join(folder.path, 'copy'))).rejects.toMatchObject(refusal);
    await using broker = await startBroker({ port: 0, store: join(folder.path, 'store') });
    await mkdir(join(folder.path, 'taken'));
    await writeFile(join(folder.path, 'taken', 'file'), '');
    const onto = backUp(join(folder.path, 'store'), join(folder.path, 'taken'));
    await expect(onto).rejects.toMatchObject({ code: 'cli.backup-failed' });
    expect((await readdir(folder.path)).sort()).toEqual(['empty', 'store', 'taken']);
    expect(broker.port).toBeGreaterThan(0);
  });

  it('is not made in the store itself', async () => {
    await using folder = await temporaryFolder();
    await expect(backUp(folder.path, join(folder.path, 'copy'))).rejects.toThrow('it would be copied into itself');
  });

  it('has the ledger as it stood at one moment, while records come, and one goes on from it', async () => {
    await using folder = await temporaryFolder();
    const [store, copy] = [join(folder.path, 'store'), join(folder.path, 'copy')];
    await using broker = await startEmbeddedBroker();
    await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'test' });
    await client.start();
    const ledger = await startLedger({ client, folder: join(store, 'ledger') });
    const send = async (...records: readonly LedgerRecord[]): Promise<void> =>
      await client.send({ destination: client.queue(names.ledger), body: batchOf(...records).toString() });
    const line = { step: 1, level: 'info', time: 1, service: 's', host: 'h', key: 'k', attempt: 1, text: 'so far' };
    const logged = ledger.events.once('logged');
    const lines = JSON.stringify({ from: 'h', number: 1, lines: [{ ...line, run: 'r0' }] });
    await client.send({ destination: client.topic(names.log), body: lines });
    await logged;

    const first = ledger.events.once('run');
    await using intake = endless(async (n) => {
      const run = `r${String(n)}`;
      await send(announced(run, { sends: { 1: 2 } }), settled(run, 1, 'done', { n: 1 }));
      await send(settled(run, 1, 'done', { n: 2 }));
    });
    await first;
    expect(await backUp(store, copy)).toEqual(['ledger/ledger.sqlite', 'ledger/logs.sqlite']);
    await intake[Symbol.asyncDispose]();
    await ledger.stop();

    await using other = await startEmbeddedBroker();
    await using peer = new Client({ address: parseBrokerAddress(other.address()), name: 'restored' });
    await peer.start();
    await using restored = await startLedger({ client: peer, folder: join(copy, 'ledger') });
    const { items } = restored.queries.runs({ limit: 500 });
    const totals = restored.queries.totals();
    expect(items.length).toBeGreaterThan(0);
    expect(totals.get('announcements.accepted')).toBe(
      (totals.get('runs.finished') ?? 0) + (totals.get('runs.running') ?? 0),
    );
    for (const { id, state, sent, waiting } of items) {
      const { length: told } = restored.queries.run(id)?.deliveries ?? [];
      expect([id, sent, waiting, state]).toEqual([id, 2, 2 - told, told === 2 ? 'finished' : 'running']);
    }
    expect(restored.logs.lines('r0', { limit: 10 })?.items.map(({ text }) => text)).toEqual(['so far']);
    const entered = restored.events.once('run');
    const body = batchOf(announced('after', { sends: {} })).toString();
    await peer.send({ destination: peer.queue(names.ledger), body });
    expect(await entered).toMatchObject({ id: 'after', state: 'finished' });
  });

  it('has the users and tokens, in a folder that is as closed to others as theirs', async () => {
    await using folder = await temporaryFolder();
    const [store, copy] = [join(folder.path, 'store'), join(folder.path, 'copy')];
    using access = openAccess(join(store, 'access'));
    const expires = Date.now() + 60_000;
    const token = access.tokens.create({ name: 'script', role: 'viewer', creator: 'test', expires });
    expect(await backUp(store, copy)).toEqual(['access/access.sqlite']);
    expect((await stat(join(copy, 'access'))).mode & 0o777).toBe(0o700);
    using copied = openAccess(join(copy, 'access'));
    expect(copied.tokens.find(token)?.name).toBe('script');
    expect((await stat(join(copy, 'access', 'access.sqlite'))).mode & 0o777).toBe(0o600);
  });

  it('has back-fills as they stood before the broker did: what they announced since is announced again', async () => {
    await using folder = await temporaryFolder();
    const [store, copy] = [join(folder.path, 'store'), join(folder.path, 'copy')];
    await using broker = await startBroker({ port: 0, store: join(store, 'broker') });
    using access = openAccess(join(store, 'access'));
    using backfills = new BackfillStore(join(store, 'reprocess'));
    expect([broker.port > 0, access.users.list(), backfills.open()]).toEqual([true, [], []]);
    expect(await backUp(store, copy)).toEqual([
      'reprocess/reprocess.sqlite',
      'broker/broker.sqlite',
      'access/access.sqlite',
    ]);
  });
});
