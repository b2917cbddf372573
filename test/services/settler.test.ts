import { expect, it } from 'vitest';
import { Settler } from '../../src/services/settler.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client, type Delivery } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

it('of settlements that share a transaction only the one whose delivery was settled before is stale', async () => {
  await using broker = await startEmbeddedBroker();
  await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'settler' });
  await client.start();
  const deliveries: Delivery[] = [];
  const allCame = Promise.withResolvers<undefined>();
  await client.subscribe({ destination: '/queue/work', ack: 'client-individual' }, (delivery) => {
    if (deliveries.push(delivery) === 4) allCame.resolve(undefined);
  });
  for (const body of ['0', '1', '2', '3']) await client.send({ destination: '/queue/work', body });
  await allCame.promise;
  const settler = new Settler(client);
  const [settled, ...others] = deliveries.map((delivery) => ({
    acks: [delivery],
    sends: [{ destination: '/queue/next', body: delivery.body }],
    records: [],
  }));
  if (!settled) throw new Error('nothing came');
  await settler.settle(settled);
  const [first, second, third] = others;
  const results = await Promise.allSettled(
    [first, settled, second, third].map(async (one) => settler.settle(one ?? settled)),
  );
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(results[1]).toMatchObject({ reason: { code: 'stomp.stale' } });
  const sent: string[] = [];
  const allSent = Promise.withResolvers<undefined>();
  await client.subscribe({ destination: '/queue/next', ack: 'auto' }, ({ body }) => {
    if (sent.push(body.toString()) === 4) allSent.resolve(undefined);
  });
  await allSent.promise;
  expect(sent).toEqual(['0', '1', '2', '3']);
});
