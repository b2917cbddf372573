import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { run } from '../fixtures/baton.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

it('`shutdown --service` says whether anybody of that name lives', async () => {
  await using broker = await startEmbeddedBroker();
  await using folder = await temporaryFolder();
  const service = defineService({
    name: 'worker',
    description: 'waits to be ended',
    queue: 'work',
    parameters: { type: 'object' },
    process: () => done(),
  });
  const address = parseBrokerAddress(broker.address());
  await using host = new Host({ services: [service], address, name: 'here.1', version: '0', folder: folder.path });
  await host.start();
  const asked = host.events.once('shutdown');
  const shutdown = async (name: string) =>
    await run(process.execPath, [main, 'shutdown', '--service', name, '--broker', broker.address(), '--json']);
  const [nobody, worker] = await Promise.all([shutdown('nope'), shutdown('worker')]);
  await asked;
  expect(worker).toMatchObject({ code: 0 });
  expect(worker.json()).toEqual({ sent: { command: 'shutdown', service: 'worker' } });
  expect(nobody.code).toBe(1);
  expect(nobody.json()).toMatchObject({ error: { code: 'cli.nobody' } });
  expect(nobody.stderr).toContain('No service "nope"');
});
