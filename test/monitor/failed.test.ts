import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  FailedPage,
  FailureGroup,
  FailureGroupView,
  FailureLetter,
  LetterAction,
  LetterPreview,
} from '../../src/monitor/api.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { look } from '../../src/dead-letters/look.ts';
import { announced, noon, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

const headers = { 'baton-request': 'test' };

/** A message that a service gave up: its dead letter in the broker, and its record in the ledger. */
async function kill(site: OpenMonitor, run: string, message: string, version = 'v1'): Promise<void> {
  const { client } = site;
  const key = `${run}/1/1`;
  await client.send({
    destination: '/queue/DLQ.site.work',
    headers: {
      ...{ 'baton-run': run, 'baton-key': key, 'baton-error-code': 'no-file', 'baton-error-message': message },
      ...{ 'baton-error-step': '1', 'baton-error-service': 'service-1', 'baton-source-hash': version },
      ...{ 'baton-last-failure': String(noon + 20), 'original-destination': client.queue('work') },
      'workflows-recipe': 'True',
    },
    body: JSON.stringify({
      payload: { run },
      recipe: { start: [], '1': { queue: 'work' } },
      'recipe-pointer': 1,
      'recipe-path': [],
      environment: { ID: run },
    }),
  });
  await site.record(
    announced(run, { sourceHash: version }),
    settled(run, 1, 'dead', { cause: { code: 'no-file', message } }),
  );
}

async function page(site: OpenMonitor, query = ''): Promise<FailedPage> {
  return (await site.get(`/api/failed${query}`)).json as FailedPage;
}

/** The groups, once they are so. */
async function groups(
  site: OpenMonitor,
  isSo: (groups: readonly FailureGroup[]) => boolean,
): Promise<readonly FailureGroup[]> {
  for (;;) {
    const changed = site.ledger.failures.events.once('changed');
    const { items } = await page(site);
    if (isSo(items)) return items;
    await changed;
  }
}

const haveLetters = (number: number) => (all: readonly FailureGroup[]) =>
  all.reduce((sum, { letters }) => sum + letters, 0) === number;

async function detail(site: OpenMonitor, id: string): Promise<FailureGroupView> {
  return (await site.get(`/api/failed/${id}`)).json as FailureGroupView;
}

/** The group's latest action, once it has ended. */
async function ended(site: OpenMonitor, id: string): Promise<LetterAction> {
  for (;;) {
    const changed = site.ledger.failures.events.once('changed');
    const [action] = (await detail(site, id)).actions;
    if (action && action.state !== 'running') return action;
    await changed;
  }
}

async function contents(site: OpenMonitor, queue: string): Promise<readonly string[]> {
  const found: string[] = [];
  await look(site.client, queue, ({ body, headers: { 'baton-run': run } }) => void found.push(run ?? body.toString()));
  return found;
}

async function act(site: OpenMonitor, path: string, body: object): Promise<number> {
  return (await site.send('POST', `/api/failed/${path}`, body, headers)).status;
}

describe('what failed, over the interface', () => {
  it('is one list of what the ledger and what only the broker knows, with letters to be looked at', async () => {
    await using site = await openMonitor();
    await kill(site, 'one', 'file /a/1 missing');
    await kill(site, 'two', 'file /b/2 missing');
    await site.client.send({ destination: '/queue/DLQ.site.other', body: 'from Python' });
    const [first, second] = await groups(site, haveLetters(3));
    expect(first).toMatchObject({ pattern: 'file … missing', open: 2, runs: 2, letters: 2, version: 'v1' });
    expect(second).toMatchObject({ code: 'broker', queue: 'DLQ.other', open: 1, runs: 0, letters: 1 });
    expect((await page(site)).counts).toMatchObject({ failures: 3, groups: 2, runs: 2, unseen: [] });
    expect((await page(site, '?limit=1')).next).toEqual(expect.any(String));
    const { failures } = await detail(site, first?.id ?? '');
    expect(failures.items.map(({ run, queue }) => [run, queue])).toEqual([
      ['two', 'DLQ.work'],
      ['one', 'DLQ.work'],
    ]);
    const letter = (await site.get(`/api/failed/${first?.id ?? ''}/letters/${String(failures.items[0]?.n)}`)).json;
    expect((letter as FailureLetter).letter).toMatchObject({
      headers: { 'baton-error-code': 'no-file' },
      body: { payload: { run: 'two' } },
      isWhole: true,
    });
  });

  it('is sent again as a canary, then the rest; letters of other groups in the queue keep their places', async () => {
    await using site = await openMonitor();
    await kill(site, 'one', 'file /a/1 missing');
    await kill(site, 'stays', 'disk full');
    await kill(site, 'two', 'file /a/2 missing');
    await kill(site, 'three', 'file /a/3 missing');
    const [group] = await groups(site, haveLetters(4));
    const id = group?.id ?? '';
    const preview = (await site.get(`/api/failed/${id}/preview`)).json as LetterPreview;
    const work = site.client.queue('work');
    expect(preview).toMatchObject({
      ...{ open: 3, letters: 3, homeless: 0 },
      ...{ to: [{ destination: work, count: 3 }], from: [{ queue: 'DLQ.work', count: 3 }] },
    });
    expect(await act(site, `${id}/canary`, { reason: 'the disk is back' })).toBe(200);
    expect(await contents(site, work)).toEqual(['one']);
    expect((await detail(site, id)).actions[0]).toMatchObject({
      kind: 'canary',
      canary: { run: 'one', state: 'waiting' },
    });
    await site.record(settled('one', 1, 'done', { reinjected: 1 }));
    expect((await detail(site, id)).actions[0]).toMatchObject({ state: 'ended', moved: 1, canary: { state: 'well' } });
    expect(await act(site, `${id}/release`, { reason: 'the canary lives', count: 99, rate: 1000 })).toBe(200);
    expect(await ended(site, id)).toMatchObject({ kind: 'release', state: 'ended', moved: 2, wanted: 2 });
    expect(await contents(site, work)).toEqual(['one', 'two', 'three']);
    expect(await contents(site, '/queue/DLQ.site.work')).toEqual(['stays']);
    await groups(site, (all) => all.length === 1);
    const { json } = await site.get('/api/audit');
    expect((json as { items: object[] }).items.map((entry) => (entry as { action: string }).action)).toEqual([
      'release dead letters',
      'canary dead letters',
    ]);
  });

  requireOrSkip('ActiveMQ', activemqAvailable())('on ActiveMQ', () => {
    it('is seen and sent again, also where the broker shows only the first few hundred letters', async () => {
      await using broker = await startActiveMQ();
      await using site = await openMonitor({}, broker);
      const { client } = site;
      const letter = (n: number) => ({
        destination: '/queue/DLQ.site.work',
        headers: { 'baton-error-code': n % 50 === 0 ? 'rare' : 'often', 'original-destination': client.queue('work') },
        body: String(n),
      });
      await client.transact({ ack: [], send: Array.from({ length: 600 }, (_, n) => letter(n)) });
      const [often, rare] = await groups(site, haveLetters(600));
      expect([often?.letters, rare?.letters]).toEqual([588, 12]);
      const id = rare?.id ?? '';
      await act(site, `${id}/release`, { reason: 'mended', count: 12, rate: 1000 });
      expect(await ended(site, id)).toMatchObject({ state: 'ended', moved: 12 });
      const again = Array.from({ length: 12 }, (_, n) => String(n * 50));
      expect(await contents(site, client.queue('work'))).toEqual(again);
      await groups(site, (all) => all.length === 1 && all[0]?.letters === 588);
    }, 90_000);
  });

  it('can be interrupted while it is sent again, and goes on where it was', async () => {
    await using site = await openMonitor();
    for (let n = 0; n < 8; n += 1) await kill(site, `run${String(n)}`, 'no');
    const [group] = await groups(site, haveLetters(8));
    const id = group?.id ?? '';
    await act(site, `${id}/release`, { reason: 'slowly', count: 8, rate: 1 });
    const [action] = (await detail(site, id)).actions;
    expect(action).toMatchObject({ state: 'running', wanted: 8 });
    expect(await act(site, `${id}/release`, { reason: 'twice', count: 8, rate: 1 })).toBe(409);
    await groups(site, ([one]) => (one?.letters ?? 0) < 8);
    expect(await act(site, `${id}/actions/${String(action?.n)}/stop`, { reason: 'enough' })).toBe(200);
    expect(await act(site, `${id}/actions/${String(action?.n)}/stop`, { reason: 'enough' })).toBe(409);
    const moved = (await ended(site, id)).moved;
    expect((await ended(site, id)).state).toBe('interrupted');
    expect(await contents(site, site.client.queue('work'))).toHaveLength(moved);
    expect(await contents(site, '/queue/DLQ.site.work')).toHaveLength(8 - moved);
  });

  it('ends a release by itself when what it sent dies again', async () => {
    await using site = await openMonitor();
    for (let n = 0; n < 22; n += 1) await kill(site, `run${String(n)}`, 'no');
    const [group] = await groups(site, haveLetters(22));
    const id = group?.id ?? '';
    await act(site, `${id}/release`, { reason: 'all well, surely', count: 22, rate: 1 });
    await groups(site, ([one]) => (one?.letters ?? 22) < 22);
    const again = Array.from({ length: 10 }, (_, n) =>
      settled(`run${String(n)}`, 1, 'dead', { reinjected: 1, cause: { code: 'no-file', message: 'no' } }),
    );
    await site.record(...again);
    const { state, moved } = await ended(site, id);
    expect(state).toBe('stopped');
    expect(moved).toBeLessThan(22);
  });

  it('is exported and purged as files of Zocalo; what is purged is addressed, and can be brought back', async () => {
    await using site = await openMonitor();
    await kill(site, 'one', 'no');
    await kill(site, 'two', 'no');
    await kill(site, 'stays', 'other');
    const all = await groups(site, haveLetters(3));
    const id = all[0]?.id ?? '';
    const exported = await fetch(`${site.monitor.url}api/failed/${id}/export`, { headers });
    expect(exported.headers.get('baton-letters')).toBe('2');
    const tar = gunzipSync(Buffer.from(await exported.arrayBuffer()));
    expect(tar.toString().match(/"baton-run": "(one|two)"/g)).toHaveLength(2);
    expect(await contents(site, '/queue/DLQ.site.work')).toHaveLength(3);
    expect(await act(site, `${id}/purge`, { reason: 'a test', count: 2 })).toBe(200);
    expect(await ended(site, id)).toMatchObject({ kind: 'purge', state: 'ended', moved: 2 });
    expect(await contents(site, '/queue/DLQ.site.work')).toEqual(['stays']);
    const files = await readdir(join(site.folder, 'dead-letters'), { recursive: true });
    expect(files.filter((name) => name.includes('msg-'))).toHaveLength(2);
    expect((await detail(site, id)).addressings).toMatchObject([{ reason: 'purged: a test', count: 2 }]);
    expect((await page(site)).counts).toMatchObject({ failures: 1, runs: 1, addressedRuns: 2 });
  });

  it('is addressed as a group, or one by one, and open again when that is taken back', async () => {
    await using site = await openMonitor();
    await kill(site, 'one', 'no');
    await kill(site, 'two', 'no');
    const [group] = await groups(site, haveLetters(2));
    const id = group?.id ?? '';
    const { failures } = await detail(site, id);
    expect(await act(site, `${id}/letters/${String(failures.items[0]?.n)}/address`, { reason: 'known' })).toBe(200);
    expect((await page(site)).counts).toMatchObject({ failures: 1, runs: 1, addressedRuns: 1 });
    const { upTo } = (await site.get(`/api/failed/${id}/preview`)).json as LetterPreview;
    expect(await act(site, `${id}/address`, { reason: 'known, too', upTo })).toBe(200);
    expect(await act(site, `${id}/address`, { reason: 'again', upTo })).toBe(409);
    expect(await page(site)).toMatchObject({ items: [], counts: { failures: 0, addressedRuns: 2 } });
    expect((await page(site, '?state=addressed')).items).toMatchObject([{ id, addressed: 2 }]);
    const [latest] = (await detail(site, id)).addressings;
    expect(await act(site, `${id}/addressings/${String(latest?.n)}/undo`, { reason: 'it is not' })).toBe(200);
    expect((await page(site)).counts).toMatchObject({ failures: 1 });
  });

  it('tells pages of each change', async () => {
    await using site = await openMonitor();
    await using feed = await site.listen();
    expect((await feed.next('snapshot')).failed).toMatchObject({ failures: 0 });
    await kill(site, 'one', 'no');
    await feed.next('failed', ({ failed }) => failed.failures === 1);
  });

  describe('refuses what makes no sense:', () => {
    let site: OpenMonitor;
    let id: string;
    beforeAll(async () => {
      site = await openMonitor();
      await kill(site, 'one', 'no');
      const [group] = await groups(site, haveLetters(1));
      id = group?.id ?? '';
    });
    afterAll(() => site[Symbol.asyncDispose]());

    it.each([
      ['GET', 'nowhere', undefined, 404],
      ['GET', 'nowhere/preview', undefined, 404],
      ['POST', 'nowhere/canary', { reason: 'x' }, 404],
      ['POST', 'GROUP/canary', { reason: ' ' }, 400],
      ['POST', 'GROUP/release', { reason: 'x', count: 0, rate: 1 }, 400],
      ['POST', 'GROUP/release', { reason: 'x', count: 1, rate: 1e9 }, 400],
      ['POST', 'GROUP/purge', { reason: 'x' }, 400],
      ['POST', 'GROUP/address', { reason: 'x', upTo: -1 }, 400],
      ['GET', 'GROUP/letters/-1', undefined, 404],
      ['GET', 'GROUP/letters/1e400', undefined, 404],
      ['POST', 'GROUP/letters/999/address', { reason: 'x' }, 404],
      ['POST', 'GROUP/addressings/x/undo', { reason: 'x' }, 409],
      ['POST', 'GROUP/actions/0/stop', { reason: 'x' }, 409],
      ['GET', 'GROUP?cursor=abc', undefined, 400],
      ['GET', '?cursor=MQ', undefined, 400],
      ['GET', '?state=none', undefined, 400],
    ])('%s %s', async (method, path, body, status) => {
      const address = `/api/failed${path.startsWith('?') ? '' : '/'}${path.replace('GROUP', id)}`;
      const answer = await site.send(method, address, body, headers);
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ error: { next: expect.any(String) as string } });
    });
  });
});
