import { readdir } from 'node:fs/promises';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countOf } from '../../src/dead-letters/queues.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { run, type Ended } from '../fixtures/baton.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

interface SuiteBroker extends AsyncDisposable {
  address(namespace?: string): string;
}

function exerciseCommands(start: () => Promise<SuiteBroker>): void {
  let broker: SuiteBroker;
  beforeAll(async () => {
    broker = await start();
  });
  afterAll(async () => broker[Symbol.asyncDispose]());

  it('`dlq` counts dead letters by cause and step, shows them, sends one again, and puts the others away', async () => {
    const url = broker.address(uniqueNamespace());
    await using client = await connected(url);
    await using folder = await temporaryFolder();
    const baton = async (...args: readonly string[]): Promise<Ended> =>
      await run(process.execPath, [main, ...args, '--broker', url, '--store', folder.path, '--json']);
    expect((await baton('dlq', 'ls')).json()).toEqual({ queues: [], groups: [] });
    await fill(client, 8, 'no-disk');
    await fill(client, 3, 'crashed');
    expect((await baton('dlq', 'ls', 'work')).json()).toMatchObject({
      queues: [{ name: 'DLQ.work', count: 11, seen: 11 }],
      groups: [
        { code: 'no-disk', step: 2, service: 'worker', count: 8, message: 'It is ill.' },
        { code: 'crashed', count: 3 },
      ],
    });
    expect((await baton('dlq', 'show', 'work', '2')).json()).toMatchObject({
      waiting: 11,
      letters: [{ body: 0 }, { body: 1 }],
    });
    const dry = (await baton('dlq', 'reinject', 'work', '--limit', '5', '--dry-run')).json();
    expect(dry).toMatchObject({ dryRun: true, to: { [client.queue('work')]: 5 } });
    expect((await baton('dlq', 'reinject', 'work', '--limit', '1')).json()).toMatchObject({ moved: 1, left: [] });
    expect((await baton('dlq', 'purge', 'work', '--to', `${folder.path}/away`)).json()).toMatchObject({ moved: 10 });
    expect(await countOf(client, client.queue('work'))).toBe(1);
    const back = await baton('dlq', 'reinject', `${folder.path}/away`, '--remove');
    expect(back.json()).toMatchObject({ sent: 10, left: [] });
    expect(await countOf(client, client.queue('work'))).toBe(11);
    expect((await baton('drain', 'work', 'elsewhere')).json()).toMatchObject({ moved: 11, interrupted: false });
    const wrong = await baton('dlq', 'reinject', 'work', 'other');
    expect(wrong.code).toBe(2);
    const left = await readdir(`${folder.path}/away`, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
    // Ten processes, one after another.
  }, 90_000);

  it('`dlq` takes those of one step, cause and version, and leaves the others where they are', async () => {
    const url = broker.address(uniqueNamespace());
    await using client = await connected(url);
    await using folder = await temporaryFolder();
    const baton = async (...args: readonly string[]): Promise<Ended> =>
      await run(process.execPath, [main, ...args, '--broker', url, '--store', folder.path, '--json']);
    await fill(client, 4, 'no-disk');
    await fill(client, 3, 'crashed');
    const chosen = ['work', '--code', 'crashed', '--step', '2'];
    const dry = (await baton('dlq', 'reinject', ...chosen, '--dry-run')).json();
    expect(dry).toMatchObject({ to: { [client.queue('work')]: 3 } });
    const moved = (await baton('dlq', 'reinject', ...chosen, '--limit', '2')).json();
    expect(moved).toMatchObject({ moved: 2, left: [] });
    expect((await baton('dlq', 'ls', 'work')).json()).toMatchObject({
      groups: [
        { code: 'no-disk', count: 4 },
        { code: 'crashed', count: 1 },
      ],
    });
  }, 90_000);

  it('`dlq reinject`, killed again and again, loses and doubles nothing', async () => {
    const url = broker.address(uniqueNamespace());
    await using client = await connected(url);
    await fill(client, 2_000, 'no-disk');
    const dead = client.queue('work').replace('/queue/', '/queue/DLQ.');
    const came = new Set<string>();
    let doubled = 0;
    let kill: () => void = () => undefined;
    await client.subscribe({ destination: client.queue('work'), ack: 'auto' }, ({ headers }) => {
      const key = headers['baton-key'] ?? '';
      if (came.has(key)) doubled += 1;
      came.add(key);
      if (came.size % 400 === 0) kill();
    });
    let kills = 0;
    while ((await countOf(client, dead)) !== 0) {
      const child = spawn(process.execPath, [main, 'dlq', 'reinject', 'work', '--broker', url], { stdio: 'ignore' });
      kill = () => void child.kill('SIGKILL');
      const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
      if (signal === 'SIGKILL') kills += 1;
    }
    await countOf(client, client.queue('work'));
    expect({ came: came.size, doubled }).toEqual({ came: 2_000, doubled: 0 });
    expect(kills).toBeGreaterThan(0);
  }, 60_000);
}

describe('the commands for dead letters on the embedded broker', () => exerciseCommands(startEmbeddedBroker));

requireOrSkip('ActiveMQ', activemqAvailable())('the commands for dead letters on ActiveMQ', () =>
  exerciseCommands(startActiveMQ),
);

async function connected(url: string): Promise<Client> {
  const client = new Client({ address: parseBrokerAddress(url), name: 'test' });
  await client.start();
  return client;
}

async function fill(client: Client, count: number, code: string): Promise<void> {
  const cause = { 'baton-error-code': code, 'baton-error-message': 'It is ill.' };
  const place = { 'baton-error-step': '2', 'baton-error-service': 'worker' };
  const send = Array.from({ length: count }, (_, n) => ({
    destination: client.queue('work').replace('/queue/', '/queue/DLQ.'),
    headers: { ...cause, ...place, 'baton-key': `${code}.${n}`, 'original-destination': client.queue('work') },
    body: String(n),
  }));
  await client.transact({ ack: [], send });
}
