import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { watchOver } from '../../src/services/consumer.ts';
import { parked } from '../../src/services/parking.ts';
import { Timekeeper } from '../../src/services/timekeeper.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

/** An hour, in ms. */
const hour = 3_600_000;

describe('a message parked by a clock that was put back since', () => {
  it('is moved on after its delay, not when that clock would say so', async () => {
    await using broker = await startEmbeddedBroker();
    await using client = new Client({ address: parseBrokerAddress(broker.address()), name: 'test' });
    await client.start();
    const destination = client.queue('work');
    const arrived = new Promise<string>((resolve) => {
      const subscribed = client.subscribe({ destination, ack: 'auto' }, ({ body }) => resolve(body.toString()));
      subscribed.catch(resolve);
    });
    await client.send(parked({ destination, body: 'late by an hour' }, 300, Date.now() + hour, client));

    const timekeeper = new Timekeeper(client, systemClock, watchOver());
    await timekeeper.start();
    expect(await arrived).toBe('late by an hour');
    await timekeeper.stop();
  });
});
