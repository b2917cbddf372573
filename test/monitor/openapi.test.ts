import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { placed, type Placed } from '../../src/monitor/interface/operation.ts';
import { operations } from '../../src/monitor/interface/operations.ts';
import { textHash } from '../../src/recipes/hash.ts';
import { announced, cancelled, replied, settled } from '../ledger/records.ts';
import { problemsOf } from './described-answer.ts';
import { undescribedRoutes } from './described-routes.ts';
import { placeInGroup } from './failed-group.ts';
import { recipeFolder, watching, type RecipeFolder } from './recipe-folder.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';

const page = { 'baton-request': 'test' };

describe('/api/openapi.json', () => {
  let folder: RecipeFolder;
  let site: OpenMonitor;
  let document: JsonObject;
  let token: { readonly authorization: string };
  beforeAll(async () => {
    folder = await recipeFolder();
    site = await openMonitor({ files: [import.meta.dirname], recipes: folder.site });
    await fill(site);
    const lasting = { name: 'test', role: 'admin', creator: 'test', expires: Date.now() + 3_600_000 } as const;
    token = { authorization: `Bearer ${site.access.tokens.create(lasting)}` };
    document = (await site.get('/api/openapi.json', token)).json as JsonObject;
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it('is a document of OpenAPI 3.1', async () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(await new Validator().validate(structuredClone(document) as Record<string, unknown>)).toEqual({
      valid: true,
    });
  });

  it('describes every route that there is', () => expect(undescribedRoutes()).toEqual([]));

  it.each(placed(operations))('$method $path answers what it says', async ({ method, path, operation }) => {
    // Where there is a dispatcher: test/monitor/reruns/routes.test.ts.
    if (path === '/api/events' || /rerun|bulk|announcements\/./.test(path)) return;
    if (method === 'POST' && path === '/api/announcements') return;
    const answer = await ask(site, { method, path, operation }, operation.needs ? token : {});
    expect([answer.status, answer.text]).toEqual([operation.answer ? 200 : 204, expect.anything()]);
    if (!operation.answer) return;
    expect(answer.headers['content-type']).toContain(operation.type ?? 'application/json');
    const value: unknown = /^(text|application\/(octet|gzip))/.test(operation.type ?? '') ? answer.text : answer.json;
    expect(problemsOf(document, operation.answer, value)).toEqual([]);
  });

  it('GET /api/events sends what it says', async () => {
    await using listening = await site.listen(token);
    await site.record(announced('live'), settled('live', 1, 'done', { result: [1] }));
    await newBackfill(site);
    await site.beat({ host: 'b.1', service: 'y', serviceclass: 'Y', status: 2 });
    for (const type of [
      'snapshot',
      'run',
      'result',
      'announcements',
      'service',
      'queues',
      'health',
      'backfill',
    ] as const)
      await listening.next(type);
    const schema = { $ref: '#/components/schemas/LiveEvent' };
    expect(listening.events.flatMap((event) => problemsOf(document, schema, event))).toEqual([]);
  });

  it.each(['/api/runs/none', '/api/runs?state=done', '/api/nowhere', '/api/runs/%'])(
    'GET %s is refused as every error is',
    async (path) => {
      const { status, json } = await site.get(path, token);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(problemsOf(document, { $ref: '#/components/schemas/ErrorAnswer' }, json)).toEqual([]);
    },
  );
});

/** Something of everything that can be shown. */
async function fill(site: OpenMonitor): Promise<void> {
  const source = { name: 'record', hash: 'abc', bytes: 2, text: '{}' };
  const output = { step: 2, channel: 'output', key: 'one/2/1', bytes: 7, payload: { a: 1 } };
  await site.record(
    announced('one', {
      ...{ beamline: 'i03', visit: 'mx1-1', collection: 'c', runNumber: '3', event: 'end', user: 'ann' },
      ...{ sourceHash: 'abc', recipeHash: 'def', recipe: { '1': { service: 's', queue: 'q' } }, sources: [source] },
      sends: { '1': 2 },
    }),
    settled('one', 1, 'done', {
      result: { x: 1, file: import.meta.filename },
      outputs: [output],
      budget: { seconds: 1, used: 2 },
    }),
    settled('one', 1, 'dead', { n: 2, cause: { code: 'a.b', message: 'broken' } }),
    replied('one', { outcome: 'late', reason: 'nobody waits' }),
  );
  await site.record(announced('again', { rerunOf: 'one' }));
  await site.record(announced('stopped'), cancelled('stopped'), settled('stopped', 1, 'cancelled'));
  await site.record(announced('open'));
  await using listening = await site.listen();
  await hearOf(site);
  await listening.next('queues');
  await site.access.users.add('vera', 'viewer', 'correct horse battery');
  await newBackfill(site);
}

/** A service that lives; it is lost when it is silent for 17 s. */
async function hearOf(site: OpenMonitor, headers: object = {}): Promise<void> {
  await using listening = await site.listen({ ...headers });
  const before = (await listening.next('snapshot')).services.find(({ host }) => host === 'a.1')?.lastSeen ?? 0;
  await site.beat({ host: 'a.1', service: 'x', serviceclass: 'X', status: 4, workflows_version: '1' });
  await listening.next('service', ({ service }) => service.lastSeen > before);
}

const backfill = {
  selection: { visit: 'mx1-1', numbers: '1-3' },
  recipe: { use: 'stored' },
  parameters: { threshold: 3 },
  pace: { runsPerMinute: 60, atOnce: 1 },
} as const;

/** One that has begun: nobody takes what it announces. */
async function newBackfill({ reprocessing }: OpenMonitor): Promise<void> {
  const { digest } = await reprocessing.preview(backfill);
  await reprocessing.create(backfill, digest, { by: 'ann', why: 'a test' });
}

/** A good request for what is described. */
async function ask(site: OpenMonitor, { method, path }: Placed, headers: object): Promise<Answer> {
  if (path.startsWith('/api/services/')) await hearOf(site, headers);
  const named = path.includes('{group}') ? await placeInGroup(site, path, headers) : path;
  const place = named
    .replace('{run}', 'one')
    .replace('{n}', '1')
    .replace('{backfill}', site.reprocessing.open()[0]?.id ?? '')
    .replace('{name}', 'watching')
    .replace('{hash}', textHash(watching));
  const bodies: Readonly<Record<string, object>> = {
    'POST /api/session': { name: 'vera', password: 'correct horse battery' },
    'POST /api/runs/{run}/cancel': { reason: 'a test' },
    ...Object.fromEntries(
      ['pause', 'resume', 'drain', 'shutdown'].map((order) => [
        `POST /api/services/${order}`,
        { service: 'X', host: '*', reason: 'a test' },
      ]),
    ),
    'POST /api/handover/remarks': { text: 'All is well.' },
    'POST /api/failed/{group}/canary': { reason: 'a test' },
    'POST /api/failed/{group}/release': { reason: 'a test', count: 3, rate: 100 },
    'POST /api/failed/{group}/purge': { reason: 'a test', count: 3 },
    'POST /api/failed/{group}/address': { reason: 'a test', upTo: 1_000 },
    'POST /api/failed/{group}/letters/{n}/address': { reason: 'a test' },
    'POST /api/failed/{group}/addressings/{n}/undo': { reason: 'a test' },
    'POST /api/failed/{group}/actions/{n}/stop': { reason: 'a test' },
    'POST /api/backfills/preview': backfill,
    'POST /api/backfills': {
      ...{ ...backfill, reason: 'a test', digest: (await site.reprocessing.preview(backfill)).digest },
    },
    'POST /api/backfills/{backfill}/pause': { reason: 'a test' },
    'POST /api/backfills/{backfill}/resume': { reason: 'a test' },
    'POST /api/backfills/{backfill}/cancel': { reason: 'a test', running: true },
    'POST /api/recipes/lint': { text: watching },
    'POST /api/recipes/{name}/preview': { text: watching.replace('images', 'pictures') },
    'POST /api/recipes/{name}/try': { run: 'one', text: watching },
    'PUT /api/recipes/{name}': { text: watching, reason: 'a test' },
  };
  const condition = method === 'PUT' ? { 'if-match': `"${textHash(watching)}"` } : {};
  return await site.send(method, place, bodies[`${method} ${path}`], { ...page, ...condition, ...headers });
}
