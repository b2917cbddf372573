import { expect, it } from 'vitest';
import { startBroker } from '../../src/broker/broker.ts';
import { done, send } from '../../src/services/outcome.ts';
import { Host } from '../../src/services/host.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { freePort } from '../fixtures/free-port.ts';
import { LeapingClock } from '../fixtures/leaping-clock.ts';
import { payloadOf, Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

it('a service whose broker was away for hours works on when it is back, without a restart', async () => {
  await using folder = await temporaryFolder();
  const port = await freePort();
  const address = `stomp://127.0.0.1:${String(port)}`;
  const clock = new LeapingClock();
  const service = defineService({
    name: 'forwarding',
    description: 'forwards',
    queue: 'work',
    parameters: { type: 'object' },
    process: ({ payload }) => done(send(payload)),
  });
  const first = await startBroker({ port, store: folder.path });
  await using host = new Host({
    services: [service],
    address: parseBrokerAddress(address),
    name: 'host.1',
    version: '1',
    folder: folder.path,
    clock,
  });
  await host.start();
  await first.stop();
  await clock.passed(2);

  await using _again = await startBroker({ port, store: folder.path });
  await using site = await Site.start(address, []);
  await site.run({ 1: { queue: 'work', output: 2 }, 2: { queue: 'out' }, start: [[1, 'after']] });
  expect(payloadOf(await site.next(site.client.queue('out')))).toBe('after');
});
