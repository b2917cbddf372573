import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type BrokerAddress, parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { activemqAvailable, startActiveMQ, type TestActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { exerciseClient, exerciseSelectors } from './exercise-client.ts';

describe('the client on the embedded broker', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker({ port: 0, store: ':memory:' });
  });
  afterAll(async () => await broker.stop());
  exerciseClient(() => ({ host: '127.0.0.1', port: broker.port, prefix: '' }));
});

test('the client outlives its broker: it comes back, and so does what it had not settled, under the same id', async () => {
  await using store = await temporaryFolder();
  const first = await startBroker({ port: 0, store: store.path });
  const { port } = first;
  const backoff = { delay: 0.01, factor: 1, maxDelay: 1 };
  await using client = new Client({ address: { host: '127.0.0.1', port, prefix: '' }, name: 'test', backoff });
  await client.start();
  const deliveries: Delivery[] = [];
  const next = Promise.withResolvers<void>();
  await client.subscribe({ destination: '/queue/a', ack: 'client-individual' }, (delivery) => {
    if (deliveries.push(delivery) === 2) next.resolve();
  });
  await client.send({ destination: '/queue/a', body: 'x' });
  await first.stop();
  await using _second = await startBroker({ port, store: store.path });
  await next.promise;
  const [before, after] = deliveries;
  expect(after?.messageId).toBe(before?.messageId);
  expect([before?.epoch, after?.epoch]).toEqual([1, 2]);
});

requireOrSkip('ActiveMQ', activemqAvailable())('the client on ActiveMQ', () => {
  let broker: TestActiveMQ;
  beforeAll(async () => {
    broker = await startActiveMQ();
  });
  afterAll(async () => await broker[Symbol.asyncDispose]());
  const address = (): BrokerAddress => parseBrokerAddress(broker.address());
  exerciseClient(address);
  exerciseSelectors(address);
});
