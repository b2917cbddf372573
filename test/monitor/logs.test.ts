import { expect, it } from 'vitest';
import { startLedger } from '../../src/ledger/ledger.ts';
import type { LogPage } from '../../src/monitor/api.ts';
import { announced } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

const line = { run: 'r', step: 1, service: 's', host: 'h.1', key: 'k', attempt: 1, level: 'info', time: 7, text: 't' };

it('what services log about a run is told live, and answered by level, step and cursor', async () => {
  await using site = await openMonitor();
  await using listening = await site.listen();
  await listening.next('snapshot');
  await tell(site, 1, [line, { ...line, step: 2, level: 'error', fields: { n: 1 } }, { ...line, run: 'other' }]);
  await listening.next('logs', ({ runs }) => runs.includes('r'));
  const all = await site.get('/api/runs/r/logs');
  expect(all.json).toMatchObject({
    items: [
      { step: 1, level: 'info', service: 's', host: 'h.1', key: 'k', attempt: 1, time: 7, text: 't' },
      { step: 2, level: 'error', fields: { n: 1 } },
    ],
    ...{ kept: 2, leftOut: 0, removed: 0 },
  });
  const of = async (query: string): Promise<LogPage> => (await site.get(`/api/runs/r/logs?${query}`)).json as LogPage;
  expect((await of('level=warn')).items).toMatchObject([{ step: 2 }]);
  expect((await of('step=1')).items).toMatchObject([{ level: 'info' }]);
  const { later } = all.json as LogPage;
  expect((await of(`after=${String(later)}`)).items).toEqual([]);
  listening.events.length = 0;
  await tell(site, 2, [{ ...line, text: 'later' }]);
  await listening.next('logs');
  expect((await of(`after=${String(later)}`)).items).toMatchObject([{ text: 'later' }]);
});

it('a run that nothing was logged about has no lines, one that nobody knows is refused, and so is what makes no sense', async () => {
  await using site = await openMonitor();
  await site.record(announced('quiet'));
  expect((await site.get('/api/runs/quiet/logs')).json).toMatchObject({ items: [], kept: 0 });
  expect((await site.get('/api/runs/nobody/logs')).status).toBe(404);
  for (const query of ['level=loud', 'step=-1', 'step=x', 'limit=0', 'limit=9999', 'after=x', 'before=1e99', 'what=1'])
    expect((await site.get(`/api/runs/quiet/logs?${query}`)).status, query).toBe(400);
});

it('has the lines still when it was started again', async () => {
  await using site = await openMonitor();
  await using listening = await site.listen();
  await listening.next('snapshot');
  await tell(site, 1, [line]);
  await listening.next('logs');
  const before = (await site.get('/api/runs/r/logs')).text;
  await site.ledger.stop();
  await using again = await startLedger({ client: site.client, folder: site.folder });
  expect(again.logs.lines('r', { limit: 200 })).toEqual(JSON.parse(before));
});

async function tell({ client }: OpenMonitor, number: number, lines: readonly object[]): Promise<void> {
  await client.send({ destination: client.topic('baton.log'), body: JSON.stringify({ from: 'a', number, lines }) });
}
