import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Health } from '../../src/monitor/api.ts';
import { startMonitor } from '../../src/monitor/monitor.ts';
import { recipeSchema } from '../../src/recipes/schema.ts';
import { announced, replied, settled } from '../ledger/records.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

const source = { name: 'record', hash: 'abc', bytes: 2 };

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('the interface', () => {
  let site: OpenMonitor;
  beforeAll(async () => {
    site = await openMonitor();
    await site.record(
      announced('one', {
        traceparent,
        beamline: 'i03',
        visit: 'mx1-1',
        sourceHash: 'abc',
        sources: [{ ...source, text: '{}' }],
      }),
      settled('one', 1, 'done', { result: { x: 1 }, budget: { seconds: 1, used: 2 } }),
    );
    await site.record(announced('two', { beamline: 'i04' }), settled('two', 1, 'dead'), replied('two'));
  });
  afterAll(() => site[Symbol.asyncDispose]());

  it('lists runs, the newest first, in pages', async () => {
    const first = await site.get('/api/runs?limit=1');
    expect(first.status).toBe(200);
    expect(first.json).toMatchObject({ items: [{ id: 'two', state: 'failed' }], next: expect.any(String) });
    const { next } = first.json as { next: string };
    const second = await site.get(`/api/runs?limit=1&cursor=${next}`);
    expect(second.json).toEqual({
      items: [expect.objectContaining({ id: 'one', state: 'finished', beamline: 'i03' })],
    });
  });

  it.each([
    ['state=failed', ['two']],
    ['beamline=i03', ['one']],
    ['visit=mx1-1&state=finished', ['one']],
    ['text=i04', ['two']],
    ['state=cancelled', []],
    ['overBudget=true', ['one']],
    ['overBudget=false&state=failed', ['two']],
  ])('narrows the list by %s', async (query, expected) => {
    const { json } = await site.get(`/api/runs?${query}`);
    expect((json as { items: { id: string }[] }).items.map(({ id }) => id)).toEqual(expected);
  });

  it('shows a run whole', async () => {
    expect((await site.get('/api/runs/one')).json).toMatchObject({
      id: 'one',
      traceparent,
      steps: [{ step: 1, sent: 1, done: 1, waiting: 0 }],
      deliveries: [{ key: 'one/1/1', outcome: 'done' }],
      results: [{ step: 1, result: { x: 1 } }],
    });
  });

  it('shows what a run was made from', async () => {
    expect((await site.get('/api/runs/one/recipe')).json).toEqual({
      run: 'one',
      state: 'finished',
      parameters: { guid: 'one' },
      sourceHash: 'abc',
      sources: [{ ...source, text: '{}' }],
    });
    expect((await site.get('/api/runs/two/recipe')).json).toEqual({
      run: 'two',
      state: 'failed',
      parameters: { guid: 'two' },
    });
  });

  it('has the schema of recipes for editors, one that knows no services where it is given none', async () => {
    const { status, json } = await site.get('/api/schemas/recipe');
    expect(status).toBe(200);
    expect(json).toEqual(recipeSchema());
  });

  it('counts announcements', async () => {
    expect((await site.get('/api/announcements')).json).toEqual({
      announced: 2,
      accepted: 2,
      refused: 0,
      duplicate: 0,
    });
  });

  it('tells its health and version', async () => {
    const { checks, version } = (await site.get('/api/health')).json as Health;
    expect(version).toBe('1.2.3');
    expect(checks.map(({ check }) => check)).toEqual([
      'broker',
      'ledger',
      'queues',
      'oldest message',
      'services',
      'programs',
      'held back',
      'paused',
      'dead letters',
      'budgets',
      'back-fills',
      'disk',
      'disk speed',
      'clocks',
      'versions',
    ]);
  });

  it('answers a question asked again without change by 304', async () => {
    const { headers } = await site.get('/api/runs/one');
    const again = await site.get('/api/runs/one', { 'if-none-match': headers.etag ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
  });

  it('gives figures to Prometheus', async () => {
    const { text, headers } = await site.get('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toContain('baton_runs{state="finished"} 1');
    expect(text).toContain('baton_runs{state="failed"} 1');
    expect(text).toContain('baton_deliveries_total{outcome="done"} 1');
    expect(text).toContain('baton_announcements_total{outcome="accepted"} 2');
    expect(text).toContain('baton_steps_over_budget_total 1');
    expect(text).toContain('baton_build_info{version="1.2.3"} 1');
    expect(text).toContain('baton_health{check="broker"}');
    expect(text).toContain('baton_broker_connected 1');
  });

  it.each([
    ['/api/runs?limit=0', 400, 'monitor.bad-query', /limit must be >= 1, got 0/],
    ['/api/runs?limit=many', 400, 'monitor.bad-query', /limit must be integer, got "many"/],
    [
      '/api/runs?state=done',
      400,
      'monitor.bad-query',
      /allowed values: running, finished, failed, cancelled, got "done"/,
    ],
    ['/api/runs?beamlin=i03', 400, 'monitor.bad-query', /no parameter "beamlin" \(did you mean "beamline"\?\)/],
    ['/api/runs?text=a&text=b', 400, 'monitor.bad-query', /text is given 2 times, expected once/],
    [`/api/runs?text=${'x'.repeat(300)}`, 400, 'monitor.bad-query', /text must NOT have more than 200 characters/],
    ['/api/runs?cursor=%27%3B--', 400, 'monitor.bad-query', /the cursor is not the next of a page/],
    ['/api/runs/three', 404, 'monitor.no-such-run', /No run has the id "three"/],
    ['/api/runs/three/recipe', 404, 'monitor.no-such-run', /No run has the id "three"/],
    ['/api/runs?overBudget=much', 400, 'monitor.bad-query', /overBudget must be boolean/],
    ['/api/runs/one/more', 404, 'monitor.no-such-path', /nothing at/],
    ['/api/runs/%E0%A4%A', 400, 'monitor.bad-request', /Failed to decode/],
    ['/api/', 404, 'monitor.no-such-path', /nothing at/],
    ['/api/../../etc/passwd', 404, 'monitor.no-such-path', /nothing at/],
  ])('refuses %s with %i in words', async (path, status, code, message) => {
    const answer = await site.get(path);
    expect([answer.status, answer.json]).toEqual([
      status,
      { error: { code, message: expect.stringMatching(message), next: expect.any(String) } },
    ]);
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH'])(
    'does nothing where there is nothing to do: %s is refused',
    async (method) => {
      const answer = await site.get('/api/runs', { 'baton-request': 'test' }, method);
      expect([answer.status, answer.headers.allow]).toEqual([405, 'GET, HEAD']);
      expect(answer.json).toMatchObject({ error: { code: 'monitor.bad-method' } });
    },
  );

  it('refuses a question with a body before reading it', async () => {
    const answer = await site.get('/api/runs', { 'content-length': '1000000' });
    expect(answer.status).toBe(413);
    expect(answer.json).toMatchObject({ error: { code: 'monitor.body-too-large' } });
  });

  it.each(['evil.example', '10.0.0.1', '127.0.0.1.evil.example', 'localhost@evil.example', '?'])(
    'on loopback does not answer to the name %j',
    async (host) => {
      const answer = await site.get('/api/health', { host });
      expect([answer.status, answer.json]).toMatchObject([403, { error: { code: 'monitor.foreign-host' } }]);
    },
  );

  it.each(['localhost', 'localhost:9999', '127.0.0.1:1', '[::1]:8080'])('on loopback answers to %s', async (host) => {
    expect((await site.get('/api/health', { host })).status).toBe(200);
  });

  it('lets browsers load nothing from elsewhere and nobody frame the page', async () => {
    const { headers } = await site.get('/api/health');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none';require-trusted-types-for 'script';trusted-types 'none'",
    );
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect([headers['x-powered-by'], headers['strict-transport-security']]).toEqual([undefined, undefined]);
  });

  it('says who has its port', async () => {
    const { ledger, client, access } = site;
    const second = startMonitor({ port: site.monitor.port, ledger, client, access, version: '1' });
    await expect(second).rejects.toMatchObject({ code: 'monitor.port-taken', next: expect.stringContaining('--http') });
  });

  it('says when the host has no such address', async () => {
    const { ledger, client, access } = site;
    const elsewhere = startMonitor({ host: '192.0.2.1', port: 0, ledger, client, access, version: '1' });
    await expect(elsewhere).rejects.toMatchObject({ code: 'monitor.address-refused' });
  });

  it('stops twice without complaint', async () => {
    const { ledger, client, access } = site;
    const monitor = await startMonitor({ port: 0, ledger, client, access, version: '1' });
    await monitor.stop();
    await monitor.stop();
  });
});

describe('the page', () => {
  it('is explained where it has not been built', async () => {
    await using site = await openMonitor();
    const answer = await site.get('/');
    expect([answer.status, answer.headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
    expect(answer.text).toMatch(/has not been built.*\n.*npx vite build web/);
  });

  it('is served from its folder, under all of its addresses', async () => {
    await using site = await openMonitor();
    await mkdir(join(site.folder, 'web', 'assets'), { recursive: true });
    await writeFile(join(site.folder, 'web', 'index.html'), '<!doctype html>the page');
    await writeFile(join(site.folder, 'web', 'assets', 'page-1a2b.js'), 'script');
    for (const path of ['/', '/runs', '/runs/some.run-id?x=1']) {
      const { status, text, headers } = await site.get(path);
      expect([status, text, headers['cache-control']]).toEqual([200, '<!doctype html>the page', 'no-cache']);
    }
    const asset = await site.get('/assets/page-1a2b.js');
    expect([asset.text, asset.headers['cache-control']]).toEqual(['script', 'public, max-age=31536000, immutable']);
    expect((await site.get('/assets/gone.js')).status).toBe(404);
  });

  it('gives away nothing beside its folder', async () => {
    await using site = await openMonitor();
    await mkdir(join(site.folder, 'web'));
    for (const path of ['/../ledger.sqlite', '/%2e%2e/ledger.sqlite', '/assets/../../ledger.sqlite', '/.hidden']) {
      expect((await site.get(path)).text).not.toContain('SQLite');
    }
  });
});

describe('an address that asks too often', () => {
  it('is put off, with the time to come back', async () => {
    await using site = await openMonitor({ limit: { requests: 3, seconds: 60 } });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n += 1) statuses.push((await site.get('/api/health')).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    const { json, headers } = await site.get('/metrics');
    expect(json).toMatchObject({ error: { code: 'monitor.too-many', message: expect.stringContaining('at most 3') } });
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });
});
