import { expect, it } from 'vitest';
import type { AuditPage, HandoverView, OrderView, Page, ServiceView } from '../../src/monitor/api.ts';
import { startBaton, type TestBaton } from '../fixtures/baton.ts';

const patient = { timeout: 30_000 };

it('a service stays paused though its process dies, and goes on when it is resumed; the shift hands over who did what', async () => {
  await using baton = await startBaton();
  const order = async (name: string, ...options: string[]) =>
    await baton.baton(name, '--service', 'xray-centring', ...options, '--json');

  expect((await order('pause')).stderr).toContain('Say why, with --reason');
  const preview = await order('pause', '--dry-run');
  expect(preview.json()).toMatchObject({ order: 'pause', targets: [{ serviceClass: 'xray-centring', obeys: true }] });
  expect(await viewOf(baton)).not.toHaveProperty('paused');

  const paused = await order('pause', '--reason', 'no licence');
  expect([paused.code, paused.json<OrderView>().targets.map(({ state }) => state)]).toEqual([0, ['paused']]);
  const { host } = await viewOf(baton);
  process.kill(Number(host.split('.').at(-1)), 'SIGKILL');
  await expect.poll(async () => (await viewOf(baton)).host, patient).not.toBe(host);
  await expect.poll(async () => (await viewOf(baton)).paused?.reason, patient).toBe('no licence');

  // Who died is silent, and would be told to have given no answer, until it counts as lost.
  await expect.poll(async () => (await viewsOf(baton)).length, patient).toBe(1);
  const resumed = await order('resume', '--reason', 'there is one');
  expect([resumed.code, resumed.json<OrderView>().targets.map(({ state }) => state)]).toEqual([0, ['resumed']]);
  const again = await order('resume', '--reason', 'once more');
  expect([again.code, again.json()]).toMatchObject([1, { error: { code: 'cli.monitor-refused' } }]);

  await baton.baton('cancel', 'nobody', '--reason', 'a mistake');
  const { items } = (await (await fetch(`${baton.page}/api/audit`)).json()) as AuditPage;
  expect(items[0]).toMatchObject({
    ...{ way: 'broker', action: 'cancel', subject: 'nobody', reason: 'a mistake', outcome: 'unknown' },
  });

  const handover = await baton.baton('handover', '--remark', 'All is quiet.');
  expect(handover.stdout).toMatch(/^# Shift hand-over /);
  expect(handover.stdout).toContain('- 0 announced = 0 accepted + 0 refused + 0 duplicate\n');
  expect(handover.stdout).toMatch(/pause xray-centring on all hosts \(no licence\) → 1 paused/);
  expect(handover.stdout).toMatch(/: All is quiet\.\n/);
  const told = (await baton.baton('handover', '--json')).json<HandoverView>();
  expect(told.remarks).toMatchObject([{ text: 'All is quiet.' }]);
  expect(told.services.map(({ what }) => what)).toContain('started');
}, 120_000);

/** The one that was heard last. */
async function viewOf(baton: TestBaton): Promise<ServiceView> {
  const [latest] = (await viewsOf(baton)).toSorted((a, b) => b.lastSeen - a.lastSeen);
  if (!latest) throw new Error('There is no xray-centring.');
  return latest;
}

async function viewsOf(baton: TestBaton): Promise<readonly ServiceView[]> {
  const { items } = (await (await fetch(`${baton.page}/api/services`)).json()) as Page<ServiceView>;
  return items.filter(({ serviceClass }) => serviceClass === 'xray-centring');
}
