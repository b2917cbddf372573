import { afterAll, beforeAll, describe } from 'vitest';
import { type Broker, startBroker } from '../../src/broker/broker.ts';
import { type BrokerAddress, parseBrokerAddress } from '../../src/stomp/address.ts';
import { activemqAvailable, startActiveMQ, type TestActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseClient, exerciseSelectors } from './exercise-client.ts';

describe('the client on the embedded broker', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await startBroker({ port: 0, store: ':memory:' });
  });
  afterAll(async () => await broker.stop());
  exerciseClient(() => ({ host: '127.0.0.1', port: broker.port, prefix: '' }));
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
