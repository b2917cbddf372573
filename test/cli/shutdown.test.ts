import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { Client } from '../../src/stomp/client.ts';
import { run } from '../fixtures/baton.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

it('`shutdown` tells who obeys, who does not, and that nobody of a name lives', async () => {
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
  host.events.on('shutdown', () => void host.stop());
  await using client = new Client({ address, name: 'deaf' });
  await client.start();
  // Whoever is deaf goes on telling of itself.
  const beat = JSON.stringify({ host: 'there.2', status: 4, serviceclass: 'deaf', service: 'deaf' });
  await client.subscribe({ destination: client.topic('command'), ack: 'auto' }, () => {
    void client.send({ destination: client.topic('transient.status'), body: beat });
  });
  const shutdown = async (...options: string[]) =>
    await run(process.execPath, [main, 'shutdown', ...options, '--broker', broker.address(), '--json']);
  const [nobody, worker, deaf] = await Promise.all([
    shutdown('--host', 'nope.1'),
    shutdown('--service', 'worker'),
    shutdown('--service', 'deaf'),
  ]);
  expect(worker).toMatchObject({ code: 0 });
  expect(worker.json()).toEqual({
    sent: { command: 'shutdown', service: 'worker' },
    heard: [{ host: 'here.1', service: 'worker', state: 'ended' }],
  });
  expect(deaf.code).toBe(1);
  expect(deaf.json()).toMatchObject({ error: { code: 'cli.not-obeyed' } });
  expect(deaf.stderr).toContain('deaf on there.2');
  expect(nobody.code).toBe(1);
  expect(nobody.json()).toMatchObject({ error: { code: 'cli.nobody' } });
  expect(nobody.stderr).toContain('Nobody named "nope.1"');
}, 60_000);
