import { describe, expect, test } from 'vitest';
import { startActiveMQ } from '../../scripts/activemq-broker.ts';
import { startBroker } from '../../src/broker/broker.ts';
import type { Clock } from '../../src/core/clock.ts';
import { type BrokerAddress, parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type ClientOptions, type Delivery } from '../../src/stomp/client.ts';
import { activemqAvailable } from '../fixtures/activemq.ts';
import { freePort } from '../fixtures/free-port.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { frozen, withCode } from './sessions.ts';

describe('of several brokers', () => {
  test('the first that answers is used; the wait comes only after all were tried', async () => {
    await using pair = await twoBrokers();
    const { first, second, client, waits } = pair;
    const starting = client.start();
    (await first.accept()).socket.destroy();
    (await second.accept()).socket.destroy();
    (await first.accept()).socket.destroy();
    expect(waits.length).toBe(1);
    await second.logIn();
    await starting;
    expect(waits.length).toBe(1);
  });

  test('the one that served last is tried first', async () => {
    await using pair = await twoBrokers();
    const { first, second, client } = pair;
    const starting = client.start();
    (await first.accept()).socket.destroy();
    const peer = await second.logIn();
    await starting;
    const sent = client.send({ destination: '/queue/a', body: '' });
    peer.receipt(await peer.read('SEND'));
    await sent;
    const again = client.events.once('connected');
    peer.socket.destroy();
    await second.logIn();
    expect((await again).epoch).toBe(2);
  });

  test('one that takes connections and ends them at once is passed over', async () => {
    await using pair = await twoBrokers();
    const { first, second, client } = pair;
    await Promise.all([client.start(), first.logIn().then(({ socket }) => socket.destroy()), second.logIn()]);
  });

  test('one that refuses the login is told of, and passed over', async () => {
    await using pair = await twoBrokers();
    const { first, second, client } = pair;
    const refusal = client.events.once('error');
    const starting = client.start();
    (await first.accept()).write('ERROR\nmessage:wrong passcode\n\n\0');
    expect((await refusal).error.message).toMatch(/:\d+ refused the login: wrong passcode/);
    await second.logIn();
    await starting;
  });

  test('when all refuse the login, the start is refused', async () => {
    await using pair = await twoBrokers();
    const { first, second, client } = pair;
    const starting = expect(client.start()).rejects.toEqual(withCode('stomp.login'));
    for (const broker of [first, second]) (await broker.accept()).write('ERROR\nmessage:no\n\n\0');
    await starting;
  });
});

test('a client follows the store of the embedded broker to where it is served next', async () => {
  await using store = await temporaryFolder();
  await exerciseMove(async (port) => {
    const broker = await startBroker({ port, store: store.path });
    return { end: async () => await broker.stop() };
  });
});

requireOrSkip('ActiveMQ', activemqAvailable())('a client of ActiveMQ', () => {
  test('follows the store of a broker that was killed to where it is served next', async () => {
    await using store = await temporaryFolder();
    await exerciseMove(async (port) => {
      const broker = await startActiveMQ({ port, folder: store.path, heap: '256m' });
      return { end: async () => await broker.kill('SIGKILL') };
    });
  });
});

/** As brokers that share a store do: when one ends, another goes on with it, somewhere else. */
async function exerciseMove(serve: (port: number) => Promise<{ end(): Promise<void> }>): Promise<void> {
  const [here, there] = [await freePort(), await freePort()];
  const first = await serve(here);
  await using client = new Client({
    address: parseBrokerAddress(`failover:(stomp://127.0.0.1:${String(here)},stomp://127.0.0.1:${String(there)})`),
    name: 'test',
    backoff: { delay: 0.05, factor: 1, maxDelay: 0.05 },
  });
  await client.start();
  const deliveries = [Promise.withResolvers<Delivery>(), Promise.withResolvers<Delivery>()] as const;
  await client.subscribe({ destination: '/queue/a', ack: 'client-individual' }, (delivery) =>
    deliveries[delivery.epoch === 1 ? 0 : 1].resolve(delivery),
  );
  await client.send({ destination: '/queue/a', body: 'x' });
  const before = await deliveries[0].promise;
  await first.end();
  const second = await serve(there);
  try {
    const after = await deliveries[1].promise;
    expect(after.messageId).toBe(before.messageId);
    await client.transact({ ack: [after], send: [] });
  } finally {
    await client.stop();
    await second.end();
  }
}

interface Pair extends AsyncDisposable {
  readonly first: ScriptedBroker;
  readonly second: ScriptedBroker;
  readonly client: Client;
  /** How long the client waited between attempts. */
  readonly waits: readonly number[];
}

async function twoBrokers(options: Partial<ClientOptions> = {}): Promise<Pair> {
  const [first, second] = [await ScriptedBroker.listen(), await ScriptedBroker.listen()];
  const waits: number[] = [];
  const backoff = { delay: 1, factor: 2, maxDelay: 4 };
  const clock: Clock = {
    now: () => 0,
    sleep: async (ms, signal) => (ms > 4_000 ? frozen.sleep(ms, signal) : void waits.push(ms)),
  };
  const address: BrokerAddress = { ...first.address, others: [second.address] };
  const client = new Client({ address, name: 'test', clock, backoff, ...options });
  const dispose = async (): Promise<void> => {
    await client.stop();
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  };
  return { first, second, client, waits, [Symbol.asyncDispose]: dispose };
}
