import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { announced, noon, settled } from '../ledger/records.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';

const scan = { scan: [{ spots: 3 }, { spots: 41 }, { spots: 7 }], 'a key': null, text: `${'a'.repeat(40)}!` };

const several = (selector: string, times: number): string => Array(times).fill(selector).join(',');

describe('the results of a run', () => {
  let site: OpenMonitor;
  beforeAll(async () => {
    site = await openMonitor();
    const many = Array.from({ length: 300 }, (_, n) => settled('one', 2, 'done', { n: n + 1, result: n }));
    await site.record(announced('one'), settled('one', 1, 'done', { result: scan }), ...many, announced('two'));
  });
  afterAll(() => site[Symbol.asyncDispose]());

  it('are listed in the order in which they came, all of them, in pages', async () => {
    const found: { readonly n: number }[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { json } = await site.get(`/api/runs/one/results?limit=90${cursor && `&cursor=${cursor}`}`);
      const page = json as { readonly items: readonly { readonly n: number }[]; readonly next?: string };
      found.push(...page.items);
      cursor = page.next;
    }
    expect(found[0]).toEqual({ n: 1, time: noon + 20, step: 1, bytes: Buffer.byteLength(JSON.stringify(scan)) });
    expect(found.map(({ n }) => n)).toEqual(Array.from({ length: 301 }, (_, n) => n + 1));
  });

  it('are none where there are none', async () =>
    expect((await site.get('/api/runs/two/results')).json).toEqual({ items: [] }));

  it('are had whole by their number', async () => {
    expect((await site.get('/api/runs/one/results/1')).json).toEqual({ n: 1, time: noon + 20, step: 1, result: scan });
    expect((await site.get('/api/runs/one/results/301')).json).toMatchObject({ n: 301, result: 299 });
  });

  it.each([
    ['$.scan[1].spots', [{ at: "$['scan'][1]['spots']", value: 41 }]],
    ['$.scan[?@.spots > 5].spots', [41, 7].map((value, n) => ({ at: `$['scan'][${String(n + 1)}]['spots']`, value }))],
    ["$['a key']", [{ at: "$['a key']", value: null }]],
    ['$', [{ at: '$', value: scan }]],
    ['$.none', []],
  ])('are looked into by the path %s', async (path, matches) =>
    expect((await follow(path)).json).toEqual({ n: 1, time: noon + 20, step: 1, path, matches }),
  );

  it.each([
    ['scan', 'monitor.bad-path'],
    ['$.scan[', 'monitor.bad-path'],
    ['$[?nope(@)]', 'monitor.bad-path'],
    [`$[${several("'scan'", 10)}][${several('0', 200)}][${several("'spots'", 10)}]`, 'monitor.costly-path'],
    ["$[?search(@, '(a|aa)+$')]", 'monitor.costly-path'],
    [`$.${'x'.repeat(1_001)}`, 'monitor.bad-query'],
  ])('are not looked into by %s', async (path, code) => {
    const { status, json } = await follow(path);
    expect([status, json]).toMatchObject([400, { error: { code } }]);
  });

  it('a path that takes for ever keeps nobody waiting', async () => {
    const slow = follow("$[?search(@, '(a|aa)+$')]");
    expect((await follow('$.scan[0].spots')).status).toBe(200);
    expect((await slow).status).toBe(400);
  });

  it.each(['302', '0', '-1', '1.0', '01', 'x', '1e1', '99999999999999999999', '%00', '1%2F2'])(
    'there is none of the number %s',
    async (n) => {
      const { status, json } = await site.get(`/api/runs/one/results/${n}`);
      expect([status, json]).toMatchObject([404, { error: { code: 'monitor.no-such-result' } }]);
    },
  );

  it('there are none of a run that is not known', async () => {
    expect((await site.get('/api/runs/none/results')).status).toBe(404);
    expect((await site.get('/api/runs/none/results/1')).status).toBe(404);
  });

  async function follow(path: string): Promise<Answer> {
    return await site.get(`/api/runs/one/results/1?path=${encodeURIComponent(path)}`);
  }
});
