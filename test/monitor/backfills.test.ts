import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/access/roles.ts';
import type { BackfillPreview, BackfillRun, BackfillView, Page } from '../../src/monitor/api.ts';
import { announced, settled } from '../ledger/records.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';

const page = { 'baton-request': 'test' };
const wish = { selection: { visit: 'mx1-1' }, recipe: { use: 'stored' }, parameters: {}, pace: {} } as const;

describe('/api/backfills', () => {
  let site: OpenMonitor;
  beforeAll(async () => {
    site = await openMonitor();
    const sources = [{ name: 'find', hash: 'abc', bytes: 2, text: '{}' }];
    for (const number of ['1', '2', '3'])
      await site.record(
        announced(`run-${number}`, { visit: 'mx1-1', runNumber: number, sources, sourceHash: 'abc' }),
        settled(`run-${number}`, 1, 'done'),
      );
  });
  afterAll(() => site[Symbol.asyncDispose]());

  it('are created by operators of what was shown, paused, resumed and cancelled, with a reason in the audit', async () => {
    await using listening = await site.listen();
    const preview = (await ask('/preview', wish)).json as BackfillPreview;
    expect(preview).toMatchObject({ estimate: { runs: 3 }, pace: { runsPerMinute: 30, atOnce: 10 } });
    const other = await ask('', { ...wish, reason: 'a test', digest: 'another' });
    expect([other.status, other.json]).toMatchObject([409, { error: { code: 'reprocess.changed' } }]);
    const created = await ask('', { ...wish, reason: 'a test', digest: preview.digest });
    const { id } = created.json as BackfillView;
    expect(created.json).toMatchObject({ state: 'running', creator: 'localhost', counts: { waiting: 3 } });
    await listening.next('backfill', ({ backfill }) => backfill.id === id);

    expect((await ask(`/${id}/pause`, { reason: 'full' })).json).toMatchObject({
      ...{ state: 'paused', changed: { by: 'localhost', why: 'full' } },
    });
    expect((await ask(`/${id}/pause`, { reason: 'again' })).status).toBe(409);
    expect((await ask(`/${id}/resume`, { reason: 'empty' })).json).toMatchObject({ state: 'running' });
    const cancelled = await ask(`/${id}/cancel`, { reason: 'enough', running: false });
    expect(cancelled.json).toMatchObject({ backfill: { state: 'cancelled' }, runs: 0 });
    await listening.next('backfill', ({ backfill }) => backfill.state === 'cancelled');

    const runs = (await site.get(`/api/backfills/${id}/runs?limit=2`)).json as Page<BackfillRun>;
    expect(runs.items.map(({ n, source }) => [n, source])).toEqual([
      [1, 'run-1'],
      [2, 'run-2'],
    ]);
    const rest = (await site.get(`/api/backfills/${id}/runs?limit=2&cursor=${runs.next ?? ''}`)).json as typeof runs;
    expect(rest.items.map(({ n }) => n)).toEqual([3]);
    const list = (await site.get('/api/backfills')).json as Page<BackfillView>;
    expect(list.items.map((each) => each.id)).toEqual([id]);
    const { items } = site.access.audit.page({ limit: 9 });
    expect(items.map(({ action, reason }) => [action, reason])).toEqual([
      ['cancel back-fill', 'enough'],
      ['resume back-fill', 'empty'],
      ['pause back-fill', 'again'],
      ['pause back-fill', 'full'],
      ['reprocess', 'a test'],
      ['reprocess', 'a test'],
    ]);
    const metrics = (await site.get('/metrics')).text;
    expect(metrics).toContain('baton_backfills{state="cancelled"} 1');
  });

  it.each<[Role, number, number]>([
    ['viewer', 200, 403],
    ['operator', 200, 400],
    ['admin', 200, 400],
  ])('a %s may look, and do no more than that role may', async (role, look, act) => {
    const expires = Date.now() + 60_000;
    const token = site.access.tokens.create({ name: role, role, creator: 'test', expires });
    const headers = { authorization: `Bearer ${token}` };
    expect((await ask('/preview', wish, headers)).status).toBe(look);
    const empty = { ...wish, selection: { visit: 'none' } };
    const { digest } = (await ask('/preview', empty, headers)).json as BackfillPreview;
    expect((await ask('', { ...empty, reason: 'a test', digest }, headers)).status).toBe(act);
  });

  it.each<[string, unknown, string]>([
    ['no selection', { ...wish, selection: undefined }, 'selection'],
    ['a selection that is none', { ...wish, selection: '4,6-8' }, 'selection'],
    ['a condition that there is not', { ...wish, selection: { run: '4' } }, 'selection has an unknown key'],
    ['hostile numbers', { ...wish, selection: { numbers: "4'; DROP TABLE runs" } }, 'position 2'],
    ['endless numbers', { ...wish, selection: { numbers: '1,'.repeat(8_000) } }, 'selection/numbers'],
    ['a recipe without its name', { ...wish, recipe: { use: 'named' } }, 'recipe'],
    ['a recipe elsewhere', { ...wish, recipe: { use: 'named', name: '../../etc/passwd' } }, 'There is no recipe'],
    ['a choice that is none', { ...wish, recipe: { use: 'newest' } }, 'values: stored, current, named'],
    ['parameters that are none', { ...wish, parameters: [1] }, 'parameters'],
    ['a parameter that is not its own', { ...wish, parameters: { guid: 'x' } }, 'guid'],
    ['no pace at all', { ...wish, pace: { runsPerMinute: 0 } }, 'pace/runsPerMinute'],
    ['a pace beyond all', { ...wish, pace: { atOnce: 1e9 } }, 'pace/atOnce'],
    ['half a run', { ...wish, pace: { atOnce: 1.5 } }, 'pace/atOnce'],
    ['a prototype', JSON.stringify({ ...wish, x: 1 }).replace('"x"', '"__proto__"'), '__proto__'],
    ['nonsense', '{"selection":', ''],
  ])('%s is refused', async (_what, body, told) => {
    const answer = await site.send('POST', '/api/backfills/preview', body, page);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(told)]);
    expect(answer.text).not.toMatch(/node:|\.ts:\d/);
  });

  it('one that there is not is not found', async () => {
    for (const path of ['/nobody', '/nobody/runs', '/%00', '/..%2f'])
      expect((await site.get(`/api/backfills${path}`)).status).toBe(404);
    for (const what of ['pause', 'resume']) expect((await ask(`/nobody/${what}`, { reason: 'x' })).status).toBe(404);
    expect((await ask('/nobody/cancel', { reason: 'x', running: true })).status).toBe(404);
  });

  async function ask(path: string, body: unknown, headers: Readonly<Record<string, string>> = page): Promise<Answer> {
    return await site.send('POST', `/api/backfills${path}`, body, headers);
  }
});
