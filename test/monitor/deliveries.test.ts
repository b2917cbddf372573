import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeliveryView, Page, RunDetail, Waterfall } from '../../src/monitor/api.ts';
import { announced, noon, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

describe('the deliveries of a run', () => {
  let site: OpenMonitor;
  beforeAll(async () => {
    site = await openMonitor();
    const outputs = [{ step: 3, channel: 'spots', key: 'k', bytes: 9, payload: { spots: 3 } }];
    const many = Array.from({ length: 400 }, (_, index) => {
      const n = index + 1;
      return settled('one', 2, n % 100 === 0 ? 'dead' : 'done', { n, outputs, finished: noon + 20 + n });
    });
    await site.record(announced('one'), settled('one', 1, 'done', { sends: { 2: 400 } }), ...many, announced('two'));
  });
  afterAll(() => site[Symbol.asyncDispose]());

  const all = async (query: string): Promise<readonly DeliveryView[]> => {
    const found: DeliveryView[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { json } = await site.get(`/api/runs/one/deliveries?${query}${cursor && `&cursor=${cursor}`}`);
      const page = json as Page<DeliveryView>;
      found.push(...page.items);
      cursor = page.next;
    }
    return found;
  };

  it('are all there, the latest first, in pages', async () => {
    const keys = (await all('limit=150')).map(({ key }) => key);
    expect(keys).toEqual([...Array.from({ length: 400 }, (_, n) => `one/2/${String(400 - n)}`), 'one/1/1']);
  });

  it('are found by step and outcome, with what they sent', async () => {
    const dead = await all('step=2&outcome=dead&limit=3');
    expect(dead.map(({ key }) => key)).toEqual(['one/2/400', 'one/2/300', 'one/2/200', 'one/2/100']);
    expect(dead[0]?.outputs).toMatchObject([{ payload: { spots: 3 } }]);
    expect(await all('step=1')).toHaveLength(1);
    expect(await all('step=7')).toEqual([]);
    expect((await site.get('/api/runs/two/deliveries')).json).toEqual({ items: [] });
  });

  it('page on while more come', async () => {
    const first = (await site.get('/api/runs/one/deliveries?limit=2')).json as Page<DeliveryView>;
    await site.record(settled('one', 3, 'done', { n: 1 }));
    const second = (await site.get(`/api/runs/one/deliveries?limit=2&cursor=${first.next ?? ''}`))
      .json as Page<DeliveryView>;
    expect([...first.items, ...second.items].map(({ key }) => key)).toEqual(
      [400, 399, 398, 397].map((n) => `one/2/${String(n)}`),
    );
  });

  it.each([
    ['step=two', 400],
    ['step=-1', 400],
    ['outcome=good', 400],
    ['limit=0', 400],
    ['cursor=1', 400],
    ['steps=1', 400],
  ])('are not told of for %s', async (query, status) => {
    expect((await site.get(`/api/runs/one/deliveries?${query}`)).status).toBe(status);
  });

  it('of no run are none', async () => {
    expect((await site.get('/api/runs/none/deliveries')).json).toMatchObject({
      error: { code: 'monitor.no-such-run' },
    });
    expect((await site.get('/api/runs/none/waterfall')).status).toBe(404);
  });

  it('come in bounded pages where very many do not fit', async () => {
    const records = Array.from({ length: 25_000 }, (_, n) => settled('huge', 2, n === 0 ? 'dead' : 'done', { n }));
    const parts = Array.from({ length: 25 }, (_, n) => records.slice(n * 1000, (n + 1) * 1000));
    for (const part of parts) await site.record(...part);
    const { json } = await site.get('/api/runs/huge/deliveries?outcome=dead');
    const page = json as Page<DeliveryView>;
    expect(page.items).toEqual([]);
    const next = (await site.get(`/api/runs/huge/deliveries?outcome=dead&cursor=${page.next ?? ''}`)).json;
    expect(next).toEqual({ items: [expect.objectContaining({ key: 'huge/2/0' })] });
    const waterfall = (await site.get('/api/runs/huge/waterfall')).json as Waterfall;
    expect(waterfall).toMatchObject({ deliveries: 20_000, of: 25_000 });
    expect(JSON.stringify(waterfall).length).toBeLessThan(50_000);
  });

  it('are told of as a waterfall, which is made anew when something came', async () => {
    const ask = async (query = ''): Promise<Waterfall> =>
      (await site.get(`/api/runs/one/waterfall${query}`)).json as Waterfall;
    const before = await ask();
    expect(before.steps.map(({ step }) => step)).toEqual([1, 2, 3]);
    expect(before.steps[1]).toMatchObject({ deliveries: 400, running: { p50: 208, max: 408 } });
    expect((await ask('?step=1')).longest.map(({ key }) => key)).toEqual(['one/1/1']);
    await site.record(settled('one', 4, 'done', { finished: noon + 5000 }));
    expect(await ask()).toMatchObject({ to: noon + 5000, deliveries: before.deliveries + 1 });
  });
});

it.each(['', '/deliveries', '/waterfall', '/results', '/files', '/logs', '/recipe'])(
  'a run that was removed is told of as such: /api/runs/ID%s',
  async (part) => {
    await using site = await openMonitor();
    using store = new DatabaseSync(join(site.folder, 'ledger.sqlite'));
    store.prepare("INSERT INTO removed_runs VALUES ('old', ?, 'finished')").run(noon);
    const { status, json } = await site.get(`/api/runs/old${part}`);
    expect(status).toBe(404);
    expect(json).toMatchObject({
      error: { code: 'monitor.no-such-run', message: expect.stringContaining('was removed on 2026-11-20') as string },
    });
  },
);

describe('steps of services that leave no records', () => {
  it('are told of as inferred, with what was seen to come from them', async () => {
    await using site = await openMonitor();
    // Step 2 is done in Python: its output reaches step 3 with the path of both.
    await site.record(announced('r'), settled('r', 1, 'done', { sends: { 2: 3 } }), settled('r', 3, 'done'));
    const run = (await site.get('/api/runs/r')).json as RunDetail;
    expect(run).toMatchObject({ inferred: true, state: 'running' });
    const [first, second, third] = run.steps;
    expect(first).toMatchObject({ step: 1, done: 1 });
    expect(first).not.toHaveProperty('inferred');
    expect(second).toMatchObject({ step: 2, inferred: true, sent: 3, done: 1, waiting: 2 });
    expect(third).toMatchObject({ step: 3, done: 1 });
    expect(third).not.toHaveProperty('inferred');
  });
});
