import { expect, it } from 'vitest';
import { Cancellations } from '../../src/services/cancellations.ts';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { startProxy } from '../fixtures/proxy.ts';
import { Site } from '../fixtures/site.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

it('a service that was cut off learns what was cancelled before it takes up a message', async () => {
  await using broker = await startEmbeddedBroker();
  await using proxy = await startProxy(broker.port);
  await using folder = await temporaryFolder();
  await using here = await Site.start(broker.address(), []);
  let worked = 0;
  const service = defineService({
    name: 'worker',
    description: 'counts what it works on',
    queue: 'work',
    parameters: { type: 'object' },
    process: () => {
      worked += 1;
      return done();
    },
  });
  const address = parseBrokerAddress(`stomp://127.0.0.1:${proxy.port}`);
  await using host = new Host({ services: [service], address, name: 'test.3', version: '0', folder: folder.path });
  await host.start();
  proxy.decide = () => 'lose-and-cut';
  proxy.cut();
  const run = await here.run({ 1: { queue: 'work' }, start: [[1, 'begin']] });
  await here.cancel(run);
  proxy.decide = () => 'pass';
  await here.settled(1, 'cancelled');
  expect(worked).toBe(0);
});

it('who begins waits no longer than a second for a ledger that is not there', async () => {
  const cancellations = new Cancellations();
  expect(cancellations.isCurrent).toBe(true);
  cancellations.expect();
  cancellations.asked();
  expect(cancellations.isCurrent).toBe(false);
  await cancellations.current();
  expect(cancellations.isCurrent).toBe(true);
});

it('who has lost only the connection over which it is told goes on after a while', async () => {
  const cancellations = new Cancellations(50);
  cancellations.expect();
  // Lost again and again.
  const losing = setInterval(() => cancellations.expect(), 10);
  await cancellations.current();
  clearInterval(losing);
  cancellations.arrived();
  expect(cancellations.isCurrent).toBe(true);
});

it('a list tells what is new on it, and forgets what is not', () => {
  const cancellations = new Cancellations();
  const told: string[] = [];
  const unwatch = cancellations.watch((run) => told.push(run));
  cancellations.add('a');
  cancellations.replace(['a', 'b']);
  cancellations.replace(['b']);
  unwatch();
  cancellations.replace(['c']);
  expect(told).toEqual(['a', 'b']);
  expect(['a', 'b', 'c'].filter((run) => cancellations.has(run))).toEqual(['c']);
});
