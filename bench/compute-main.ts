import { systemClock } from '../src/core/clock.ts';
import { BullMqBackend } from '../src/compute/bullmq/backend.ts';
import { LocalBackend } from '../src/compute/local.ts';
import { commandService } from '../src/services/builtin/command/command.ts';
import { Host } from '../src/services/host.ts';
import { parseBrokerAddress } from '../src/stomp/address.ts';

/**
 * A process of the service `command`, which runs /bin/true: here, or over a Redis. It tells how many messages were
 * decided, a line each time that it is asked; `cancelled` counts apart.
 */
const [address = '', folder = '', concurrency = '', redis] = process.argv.slice(2);
const programs = { work: { path: '/bin/true' } };
const backends = (): (LocalBackend | BullMqBackend)[] =>
  redis === undefined ? [new LocalBackend({ folder })] : [new BullMqBackend({ url: redis, prefix: 'bench' })];
const service = commandService({ programs, concurrency: Number(concurrency), backends });
const host = new Host({
  ...{ services: [service], address: parseBrokerAddress(address), name: `bench.${process.pid}`, version: '0', folder },
  clock: systemClock,
});
const decided = { done: 0, cancelled: 0, first: 0, last: 0 };
host.events.on('decided', ({ outcome }) => {
  if (decided.first === 0) decided.first = performance.now();
  decided.last = performance.now();
  if (outcome === 'done') decided.done += 1;
  if (outcome === 'cancelled') decided.cancelled += 1;
});
process.on('message', () => process.send?.(decided));
await host.start();
process.send?.(decided);
