import { setTimeout } from 'node:timers/promises';
import { names } from '../src/services/names.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';
import { Client } from '../src/stomp/client.ts';

/** Tells of so many services, as they do, so many times a second over all, until it is disposed of. */
export async function beat(broker: string, services: number, perSecond: number): Promise<AsyncDisposable> {
  const client = new Client({ address: parseBrokerAddress(broker), name: 'bench heartbeats' });
  await client.start();
  const destination = client.topic(names.status);
  const ending = new AbortController();
  const beating = (async () => {
    const began = performance.now();
    for (let number = 0; !ending.signal.aborted;) {
      const due = Math.floor(((performance.now() - began) / 1000) * perSecond);
      for (; number < due; number += 1)
        await client.send({ destination, body: JSON.stringify(heartbeat(number, services)) });
      await setTimeout(10);
    }
  })();
  beating.catch(() => undefined);
  return {
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await beating;
      await client.stop();
    },
  };
}

/** `statustext` has the time at which it was sent, for who wants to know how long it takes to be seen. */
function heartbeat(number: number, services: number): object {
  const index = number % services;
  return {
    host: `node-${String(index % 12)}.${String(4_000 + index)}`,
    status: 3,
    statustext: `sent ${String(Date.now())}`,
    service: `service-${String(index).padStart(3, '0')}`,
    serviceclass: 'Bench',
    utilization: { 3: 0.6, 4: 0.4 },
    baton: 'bench',
  };
}
