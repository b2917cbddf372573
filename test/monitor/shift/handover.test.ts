import { expect, it } from 'vitest';
import type { HandoverView } from '../../../src/monitor/api.ts';
import { announced, noon, settled } from '../../ledger/records.ts';
import { openMonitor, type OpenMonitor } from '../open-monitor.ts';

const hour = 3_600_000;
const shift = `from=${String(noon - hour)}&to=${String(noon + hour)}`;
const changing = { 'baton-request': 'test' };
const patient = { timeout: 20_000 };

it('hands over what was announced and what became of it, each number a list of the same length', async () => {
  await using site = await openMonitor();
  const about = { visit: 'mx1-1', beamline: 'i03' };
  const run = (id: string, runNumber: string, received = noon): ReturnType<typeof announced> =>
    announced(id, { ...about, runNumber, received, settled: received + 5 });
  await site.record(
    ...[run('one', '1'), settled('one', 1, 'done')],
    ...[run('two', '2'), settled('two', 1, 'dead', { cause: { code: 'x', message: 'no beam' } })],
    run('three', '9'),
    run('before', '7', noon - 2 * hour),
    announced('refused', { outcome: 'refused', reason: 'no recipe' }),
    announced('again', { id: 'again', outcome: 'duplicate', run: 'one' }),
  );
  const handover = await handoverOf(site);
  expect(handover.announcements).toEqual({
    ...{ announced: 5, accepted: 3, refused: 1, duplicate: 1, waiting: 0, balances: true },
  });
  expect(handover.runs).toEqual({ finished: 1, running: 1, failed: 1, addressed: 0, cancelled: 0, balances: true });
  expect(handover.failures).toEqual({ came: 1, addressed: 0, open: 1 });
  // 7 came in the shift before.
  expect(handover.missing).toEqual([{ ...about, count: 5, numbers: '3-6, 8' }]);
  const listed = async (query: string): Promise<readonly string[]> => {
    const page = (await site.get(`/api/runs?${shift}&${query}`)).json as { items: readonly { id: string }[] };
    return page.items.map(({ id }) => id).toSorted();
  };
  expect(await listed('state=finished')).toEqual(['one']);
  expect(await listed('state=running')).toEqual(['three']);
  expect(await listed('state=failed&addressed=false')).toEqual(['two']);
  expect(await listed('state=failed&addressed=true')).toEqual([]);
  expect(await listed('limit=50')).toEqual(['one', 'three', 'two']);
});

it('hands over the longest waits and the budgets burnt of its runs', async () => {
  await using site = await openMonitor();
  const wait = (run: string, seconds: number, service: string): ReturnType<typeof settled> =>
    settled(run, 1, 'done', { service, sent: noon, received: noon + seconds * 1000, finished: noon + seconds * 1000 });
  await site.record(announced('slow'), wait('slow', 90, 'index'), announced('fast'), wait('fast', 0.2, 'index'));
  const late = { budget: { seconds: 10, used: 25 } };
  await site.record(announced('late'), settled('late', 1, 'done', { service: 'scale', ...late }));
  const { waits, budgets } = await handoverOf(site);
  expect(waits).toEqual([{ run: 'slow', step: 1, service: 'index', seconds: 90 }]);
  expect(budgets).toEqual([{ run: 'late', step: 1, service: 'scale', seconds: 10, used: 25 }]);
});

it('keeps what is remarked, by whom and when', async () => {
  await using site = await openMonitor();
  const empty = await site.send('POST', '/api/handover/remarks', { text: ' \n ' }, changing);
  expect(empty.status).toBe(400);
  const text = 'The cryostream warms up.\nCall Jane.';
  expect((await site.send('POST', '/api/handover/remarks', { text }, changing)).json).toMatchObject({
    who: 'localhost',
  });
  const now = (await site.get('/api/handover')).json as HandoverView;
  expect(now.remarks).toMatchObject([{ text, who: 'localhost' }]);
  expect(now.audit).toMatchObject([{ action: 'remark', outcome: 'kept' }]);
});

it('tells which services came and went, with their versions', async () => {
  await using site = await openMonitor();
  const beat = async (pid: number, status: number, baton: string): Promise<void> =>
    await site.beat({
      host: `mx-1.${String(pid)}`,
      service: 'Index',
      serviceclass: 'index',
      status,
      statustext: '',
      baton,
    });
  await beat(7, 2, '1.2.2');
  await beat(7, 6, '1.2.2');
  await beat(8, 2, '1.2.3');
  await expect
    .poll(async () => ((await site.get('/api/handover')).json as HandoverView).services, patient)
    .toMatchObject([
      { service: 'index on mx-1.7', what: 'started', version: '1.2.2' },
      { service: 'index on mx-1.7', what: 'ended' },
      { service: 'index on mx-1.8', what: 'started', version: '1.2.3', before: '1.2.2' },
    ]);
});

it.each([
  ['from=5&to=5', '`to` has to be after `from`'],
  ['from=0&to=99999999999', 'at most 32 days'],
  ['to=7', '`to` needs a `from`'],
  ['from=x&to=y', 'from must be integer'],
  ['from=-1&to=2', 'from must be >= 0'],
])('refuses what is no stretch of time: %s', async (query, words) => {
  await using site = await openMonitor();
  const { status, json } = await site.get(`/api/handover?${query}`);
  expect([status, JSON.stringify(json)]).toEqual([400, expect.stringContaining(words)]);
});

async function handoverOf(site: OpenMonitor): Promise<HandoverView> {
  return (await site.get(`/api/handover?${shift}`)).json as HandoverView;
}
