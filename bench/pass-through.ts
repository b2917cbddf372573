import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startLedger } from '../src/ledger/ledger.ts';
import type { Recipe } from '../src/recipes/recipe.ts';
import { startMessages } from '../src/recipes/route.ts';
import { newEnvironment } from '../src/services/run-context.ts';
import { stepMessages } from '../src/services/sending.ts';
import { Supervisor } from '../src/services/supervisor.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';
import { Deliveries } from './deliveries.ts';

/** Steps per second through Baton, and those of a client that does nothing but the same transactions, on one broker. */
export interface PassThrough {
  readonly stepsPerSecond: number;
  readonly bareStepsPerSecond: number;
  readonly ratio: number;
}

const connections = 4;
const batch = 50;
const prefetch = 100;
/** Bytes of a payload: with recipe and environment a message is about 1.5 kB. */
const payload = 'x'.repeat(1_000);

/** Measures both on the broker at this address, one after the other, `rounds` times; the best of each counts, as other work on the machine only ever slows. */
export async function passThrough(address: string, messages: number, rounds: number): Promise<PassThrough> {
  let [steps, bare] = [0, 0];
  for (let round = 0; round < rounds; round += 1) {
    bare = Math.max(bare, await bareRate(`${address}/bare${round}`, messages));
    steps = Math.max(steps, await stepRate(`${address}/steps${round}`, messages));
  }
  return { stepsPerSecond: Math.round(steps), bareStepsPerSecond: Math.round(bare), ratio: steps / bare };
}

/** A process with the pass-through service; the ledger takes its records in this one. */
async function stepRate(address: string, messages: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  await using client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
  await client.start();
  await fill(client, messages);
  await using ledgerClient = new Client({ address: parseBrokerAddress(address), name: 'ledger' });
  await ledgerClient.start();
  await using ledger = await startLedger({ client: ledgerClient, folder });
  const begin = { address, folder, services: 1, connections, concurrency: connections * prefetch };
  const entry = new URL('./pass-part.ts', import.meta.url);
  await using supervisor = new Supervisor({ entry, parts: [{ name: 'pass', begin }] });
  const arrived = arrivals(client, messages);
  const started = performance.now();
  await supervisor.start();
  const began = performance.now();
  await arrived.first;
  const first = performance.now();
  await arrived.all;
  const seconds = (performance.now() - Math.max(began, Math.min(first, started + 60_000))) / 1000;
  // All records are in the ledger before the next measurement begins.
  while ((ledger.queries.run('bench')?.steps[0]?.done ?? 0) < messages)
    await new Promise((done) => setTimeout(done, 50));
  await supervisor.stop();
  await ledger.stop();
  await rm(folder, { recursive: true, force: true });
  return messages / seconds;
}

async function bareRate(address: string, messages: number): Promise<number> {
  const { port, prefix } = parseBrokerAddress(address);
  await using client = new Client({ address: parseBrokerAddress(address), name: 'bench' });
  await client.start();
  await fill(client, messages);
  const consumers = await Promise.all(Array.from({ length: connections }, async () => Deliveries.connect(port)));
  const started = performance.now();
  // The last batch of each may stay incomplete.
  const counted = messages - connections * batch;
  await new Promise<void>((done) => {
    let committed = 0;
    for (const consumer of consumers) {
      consumer.onCommitted = () => (committed += batch) >= counted && done();
      void consumer.forward(`/queue/${prefix}.bench.in.0`, `/queue/${prefix}.bench.out`, batch, prefetch);
    }
  });
  const seconds = (performance.now() - started) / 1000;
  for (const consumer of consumers) consumer.close();
  return counted / seconds;
}

async function fill(client: Client, messages: number): Promise<void> {
  const recipe = {
    1: { queue: 'bench.in.0', output: 2 },
    2: { queue: 'bench.out' },
    start: Array.from({ length: messages }, () => [1, payload]),
  };
  const { start, ...steps } = recipe;
  const small = { ...steps, start: [start[0]] } as unknown as Recipe;
  for (let sent = 0; sent < messages; sent += 100) {
    const environment = newEnvironment('bench', {});
    const next = Array.from({ length: 100 }, (_, index) => startMessages(small, environment, `${sent + index}`)).flat();
    await client.transact({ ack: [], send: stepMessages(next, { destinations: client, now: Date.now() }) });
  }
}

/** When the first and all messages have come out. */
function arrivals(client: Client, messages: number): { readonly first: Promise<void>; readonly all: Promise<void> } {
  const [first, all] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let count = 0;
  void client.subscribe({ destination: client.queue('bench.out'), ack: 'auto', prefetch: 1_000 }, () => {
    count += 1;
    if (count === 1) first.resolve();
    if (count === messages) all.resolve();
  });
  return { first: first.promise, all: all.promise };
}
