import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type BrokerAddress, parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { defaultLimits } from '../../src/stomp/frame.ts';
import { activemqAvailable, startActiveMQ, type TestActiveMQ } from '../fixtures/activemq.ts';
import { freePort } from '../fixtures/free-port.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { ScriptedBroker } from './scripted-broker.ts';
import { subscribed, withCode } from './sessions.ts';

const LIMIT = 1_000_000;

describe('on the embedded broker', () => {
  let broker: Broker;
  let narrow: Broker;
  beforeAll(async () => {
    broker = await startBroker({ port: 0, store: ':memory:' });
    narrow = await startBroker({
      port: 0,
      store: ':memory:',
      limits: { frame: { ...defaultLimits, bodyBytes: LIMIT } },
    });
  });
  afterAll(async () => {
    await broker.stop();
    await narrow.stop();
  });
  const at = (port: number): BrokerAddress => ({ host: '127.0.0.1', port, prefix: '' });
  exerciseLarge(
    () => at(broker.port),
    () => at(narrow.port),
  );
});

requireOrSkip('ActiveMQ', activemqAvailable())('on ActiveMQ', () => {
  let broker: TestActiveMQ;
  let narrow: number;
  beforeAll(async () => {
    narrow = await freePort();
    const uri = `stomp://127.0.0.1:${String(narrow)}?wireFormat.maxFrameSize=${String(LIMIT)}`;
    broker = await startActiveMQ({ heap: '1g', connectors: `<transportConnector uri="${uri}"/>` });
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());
  exerciseLarge(
    () => parseBrokerAddress(broker.address()),
    () => ({ host: '127.0.0.1', port: narrow, prefix: '' }),
  );
});

test('what a broker took from others is read, though it is more than this side would send', async () => {
  await using broker = await ScriptedBroker.listen();
  await using session = await subscribed(broker);
  const { peer, id, delivered } = session;
  const [line, body] = ['x'.repeat(200_000), Buffer.alloc(101 * 1024 * 1024)];
  const length = String(body.length);
  peer.write(`MESSAGE\nsubscription:${id}\nmessage-id:1\nlong:${line}\ncontent-length:${length}\n\n`);
  peer.write(body);
  peer.write('\0');
  const delivery = await delivered;
  expect([delivery.headers['long'], delivery.body.length]).toEqual([line, body.length]);
});

/** `narrow`: the address of a broker that reads no frames of more than a megabyte. */
function exerciseLarge(broker: () => BrokerAddress, narrow: () => BrokerAddress): void {
  test('a message of 64 MB comes and goes', async () => {
    await using client = await startedClient(broker());
    const body = Buffer.alloc(64 * 1024 * 1024, 'x');
    const delivered = Promise.withResolvers<Delivery>();
    await client.subscribe({ destination: '/queue/large', ack: 'client-individual', prefetch: 1 }, delivered.resolve);
    await client.send({ destination: '/queue/large', body });
    const delivery = await delivered.promise;
    expect(delivery.body.equals(body)).toBe(true);
    await client.transact({ ack: [delivery], send: [] });
    expect(client.epoch).toBe(1);
  });

  test('a message larger than the broker reads is refused, and with it none of those before it', async () => {
    await using client = await startedClient(narrow());
    const send = (size: number): Promise<string> =>
      client.send({ destination: '/queue/a', body: Buffer.alloc(size) }).then(
        () => 'sent',
        (error: unknown) => (error as { code: string }).code,
      );
    const large = client.send({ destination: '/queue/a', body: Buffer.alloc(LIMIT + 1) });
    await expect(large).rejects.toThrow(/refused the message to \/queue\/a: .*(maximum frame size|limit bodyBytes)/);
    const all = [send(1), send(2), send(LIMIT + 1), send(3)];
    expect((await Promise.all(all)).slice(0, 3)).toEqual(['sent', 'sent', 'stomp.refused']);
  });

  test('a transaction with such a message did not happen: what it acknowledged comes again', async () => {
    await using client = await startedClient(narrow());
    const deliveries = [Promise.withResolvers<Delivery>(), Promise.withResolvers<Delivery>()] as const;
    await client.subscribe({ destination: '/queue/b', ack: 'client-individual' }, (delivery) =>
      deliveries[delivery.epoch === 1 ? 0 : 1].resolve(delivery),
    );
    await client.send({ destination: '/queue/b', body: 'x' });
    const delivery = await deliveries[0].promise;
    const send = [
      { destination: '/queue/c', body: 'small' },
      { destination: '/queue/c', body: Buffer.alloc(2 * LIMIT) },
    ];
    await expect(client.transact({ ack: [delivery], send })).rejects.toEqual(withCode('stomp.refused'));
    const again = await deliveries[1].promise;
    expect(again.messageId).toBe(delivery.messageId);
    await client.transact({ ack: [again], send: send.slice(0, 1) });
    const outputs: string[] = [];
    for await (const { body } of client.browse('/queue/c')) outputs.push(body.toString());
    expect(outputs).toEqual(['small']);
  });
}

async function startedClient(address: BrokerAddress): Promise<Client> {
  const client = new Client({ address, name: 'test', backoff: { delay: 0.01, factor: 1, maxDelay: 1 } });
  await client.start();
  return client;
}
