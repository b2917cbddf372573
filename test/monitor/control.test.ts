import { expect, it } from 'vitest';
import type { Health, OrderPreview, OrderView, Page, PauseView, ServiceView } from '../../src/monitor/api.ts';
import { Host } from '../../src/services/host.ts';
import { done } from '../../src/services/outcome.ts';
import { defineService, type AnyService } from '../../src/services/service.ts';
import { parseBrokerAddress } from '../../src/stomp/address.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

const changing = { 'baton-request': 'test' };
const patient = { timeout: 20_000 };

it('pauses a class, shows since when, by whom and why, and lets it go on', async () => {
  await using site = await openSite();
  const { monitor } = site;
  await using listening = await monitor.listen();
  await site.start('mx-1.7', 'worker');
  await site.start('mx-2.7', 'worker');
  await site.start('mx-2.8', 'other');
  await monitor.beat(pythonBeat('mx-3.7', 'worker'));
  await shown(monitor, 4);

  const preview = await monitor.get('/api/services/orders?order=pause&service=worker');
  expect((preview.json as OrderPreview).targets).toMatchObject([
    { host: 'mx-1.7', obeys: true },
    { host: 'mx-2.7', obeys: true },
    { host: 'mx-3.7', obeys: false, note: 'not a service of Baton’s: it knows only shutdown' },
  ]);
  const body = { service: 'worker', host: '*', reason: 'the licence is gone' };
  const given = await monitor.send('POST', '/api/services/pause', body, changing);
  expect((given.json as OrderView).targets.map(({ host, state }) => [host, state])).toEqual([
    ['mx-1.7', 'paused'],
    ['mx-2.7', 'paused'],
    ['mx-3.7', 'cannot'],
  ]);
  const pause = { service: 'worker', host: '*', who: 'localhost', reason: 'the licence is gone' };
  expect((await monitor.get('/api/pauses')).json).toMatchObject({ items: [pause] });
  expect((await services(monitor)).find(({ host }) => host === 'mx-1.7')).toMatchObject({ paused: pause });
  const message = 'Paused: worker on all hosts, by localhost (the licence is gone).';
  await listening.next('health', ({ health }) => noticeOf(health) === message);
  // One that starts later on another host obeys, too.
  await site.start('mx-4.1', 'worker');
  await expect
    .poll(async () => (await services(monitor)).find(({ host }) => host === 'mx-4.1')?.paused, patient)
    .toBeDefined();

  const wrong = await monitor.send('POST', '/api/services/resume', { ...body, service: 'other' }, changing);
  expect(wrong.json).toMatchObject({ error: { code: 'control.not-paused' } });
  const resumed = await monitor.send('POST', '/api/services/resume', { ...body, reason: 'it is back' }, changing);
  expect((resumed.json as OrderView).targets.map(({ host, state }) => [host, state])).toEqual([
    ['mx-1.7', 'resumed'],
    ['mx-2.7', 'resumed'],
    ['mx-4.1', 'resumed'],
  ]);
  expect(((await monitor.get('/api/pauses')).json as Page<PauseView>).items).toEqual([]);
  expect(monitor.access.audit.page({ limit: 9 }).items).toMatchObject([
    { action: 'resume', reason: 'it is back', outcome: '3 resumed' },
    { action: 'resume', subject: 'other on all hosts', outcome: expect.stringContaining('failed: ') as string },
    { action: 'pause', subject: 'worker on all hosts', outcome: '2 paused, 1 cannot' },
  ]);
});

it('pauses the services of a machine by the name of one of its processes, which may be gone tomorrow', async () => {
  await using site = await openSite();
  await site.start('mx-1.7', 'worker');
  await shown(site.monitor, 1);
  const body = { service: 'worker', host: 'mx-1.7', reason: 'a new disk' };
  await site.monitor.send('POST', '/api/services/pause', body, changing);
  expect((await site.monitor.get('/api/pauses')).json).toMatchObject({ items: [{ service: 'worker', host: 'mx-1' }] });
});

it('drains one service of a process, and shuts whole processes down', async () => {
  await using site = await openSite();
  const { monitor } = site;
  await site.start('mx-1.7', 'worker', 'other');
  await site.start('mx-2.7', 'worker');
  await shown(monitor, 3);
  const drained = await monitor.send(
    'POST',
    '/api/services/drain',
    { service: 'worker', host: 'mx-1.7', reason: 'a new disk' },
    changing,
  );
  expect((drained.json as OrderView).targets).toMatchObject([{ host: 'mx-1.7', serviceClass: 'worker' }]);
  await expect
    .poll(
      async () => (await services(monitor)).find(({ service }) => service === 'worker on mx-1.7')?.statusText,
      patient,
    )
    .toBe('drained, asked by localhost: a new disk');

  const preview = await monitor.get('/api/services/orders?order=shutdown&service=worker');
  expect((preview.json as OrderPreview).targets).toMatchObject([{ host: 'mx-2.7', obeys: true }]);
  const everybody = await monitor.send(
    'POST',
    '/api/services/shutdown',
    { service: '*', host: '*', reason: 'end' },
    changing,
  );
  expect((everybody.json as OrderView).targets.map(({ state }) => state)).toEqual([
    expect.stringMatching(/ended|ending/),
    expect.stringMatching(/ended|ending/),
  ]);
  await Promise.all(site.ended);
  const nobody = await monitor.send(
    'POST',
    '/api/services/drain',
    { service: 'nope', host: '*', reason: 'x' },
    changing,
  );
  expect([nobody.status, nobody.json]).toMatchObject([404, { error: { code: 'control.nobody-meant' } }]);
});

interface OpenSite extends AsyncDisposable {
  readonly monitor: OpenMonitor;
  /** Of the processes that were started: when they were asked to end, and did. */
  readonly ended: Promise<void>[];
  start(host: string, ...services: readonly string[]): Promise<void>;
}

async function openSite(): Promise<OpenSite> {
  await using opening = new AsyncDisposableStack();
  const broker = opening.use(await startEmbeddedBroker());
  const folder = opening.use(await temporaryFolder());
  const monitor = opening.use(await openMonitor({}, broker));
  const ended: Promise<void>[] = [];
  const open = opening.move();
  return {
    monitor,
    ended,
    start: async (name, ...names) => {
      const address = parseBrokerAddress(broker.address('site'));
      const those = names.map((service) => serviceNamed(service, name));
      const host = new Host({ services: those, address, name, version: '1.2.3', folder: `${folder.path}/${name}` });
      open.defer(async () => await host.stop());
      ended.push(host.events.once('shutdown').then(async () => await host.stop()));
      await host.start();
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

function serviceNamed(name: string, host: string): AnyService {
  return defineService({
    name,
    description: `${name} on ${host}`,
    queue: name,
    parameters: { type: 'object' },
    process: () => done(),
  });
}

function pythonBeat(host: string, serviceclass: string): object {
  return {
    host,
    service: `${serviceclass} on ${host}`,
    serviceclass,
    status: 2,
    statustext: 'idle',
    utilization: {},
    workflows: '3.5',
  };
}

async function services(monitor: OpenMonitor): Promise<readonly ServiceView[]> {
  return ((await monitor.get('/api/services')).json as Page<ServiceView>).items;
}

async function shown(monitor: OpenMonitor, count: number): Promise<void> {
  await expect.poll(async () => (await services(monitor)).length, patient).toBe(count);
}

function noticeOf({ checks }: Health): string | undefined {
  return checks.find(({ check, state }) => check === 'paused' && state === 'notice')?.message;
}
