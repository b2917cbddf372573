import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type {
  AnnouncementPreview,
  BulkPreview,
  BulkResult,
  RerunPreview,
  StartedView,
} from '../../../src/monitor/api.ts';
import { openApi } from '../../../src/monitor/interface/openapi.ts';
import { placed } from '../../../src/monitor/interface/operation.ts';
import { operations } from '../../../src/monitor/interface/operations.ts';
import { schemas } from '../../../src/monitor/interface/schemas.ts';
import { Works } from '../../conformance/reruns.ts';
import { startEmbeddedBroker, type TestBroker } from '../../fixtures/embedded-broker.ts';
import { uniqueNamespace } from '../../fixtures/namespace.ts';
import { problemsOf } from '../described-answer.ts';

vi.setConfig({ testTimeout: 60_000 });

const recipe: JsonObject = {
  1: { queue: 'work', parameters: { bad: '{$REPLACE:bad}', hold: '{$REPLACE:hold}' }, output: 2 },
  2: { queue: 'work' },
  start: [
    [1, { n: 1 }],
    [1, { n: 2 }],
  ],
};

interface Answer<Body> {
  readonly status: number;
  readonly body: Body & { readonly error?: { readonly code: string; readonly message: string } };
}

let broker: TestBroker;
beforeAll(async () => {
  broker = await startEmbeddedBroker();
});
afterAll(async () => broker[Symbol.asyncDispose]());

const open = async (): Promise<Works> => await Works.open(broker.address(uniqueNamespace()), recipe, '/nowhere');

const document = openApi({ operations, schemas, version: '0' });

async function sent(works: Works, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'baton-request': 'test' };
  return await fetch(works.address + path, { method: 'POST', headers, body: JSON.stringify(body) });
}

/** The answer, which is as it is described. */
async function post<Body>(works: Works, path: string, body: object): Promise<Answer<Body>> {
  const response = await sent(works, path, body);
  const answer: unknown = await response.json();
  const described = path.replace(/runs\/[^/]+/, 'runs/{run}');
  const operation = placed(operations).find((each) => each.method === 'POST' && each.path === described)?.operation;
  const schema = response.ok ? (operation?.answer ?? {}) : { $ref: '#/components/schemas/ErrorAnswer' };
  expect(problemsOf(document, schema, answer)).toEqual([]);
  return { status: response.status, body: answer as Answer<Body>['body'] };
}

async function lines(works: Works, body: object): Promise<readonly BulkResult[]> {
  const text = await (await sent(works, '/api/bulk', body)).text();
  const results = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as BulkResult);
  for (const result of results)
    expect(problemsOf(document, { $ref: '#/components/schemas/BulkResult' }, result)).toEqual([]);
  return results;
}

const failed = { part: 'failed', recipe: 'stored', set: { bad: [] } } as const;

describe('a rerun over HTTP', () => {
  it('starts what its preview has shown, once for one key, under another id, and stands in the audit', async () => {
    await using works = await open();
    const first = await works.run({ bad: [2] });
    const path = `/api/runs/${first.id}/rerun`;
    const { body: preview } = await post<RerunPreview>(works, `${path}/preview`, { wish: failed, announcement: false });
    expect(preview).toMatchObject({
      messages: 1,
      begins: [{ step: 1, payload: { n: 2 }, bytes: 7 }],
      steps: [
        { step: 1, messages: 1 },
        { step: 2, messages: 0, follows: true },
      ],
      changes: [{ name: 'bad', before: [2], after: [] }],
      fields: [{ name: 'bad', value: [] }, { name: 'hold' }],
      priority: 2,
      recipes: [{ name: 'scan', differences: [] }],
    });
    const body = { wish: failed, reason: 'mended', plan: preview.plan, key: 'a-key-of-mine' };
    const answers = await Promise.all([post<StartedView>(works, path, body), post<StartedView>(works, path, body)]);
    const [{ body: one }, { body: other }] = answers;
    expect([one.status, other.run]).toEqual(['accepted', one.run]);
    expect(one.run).not.toBe(first.id);
    expect(await works.ended(one.run)).toMatchObject({ state: 'finished', rerunOf: first.id });
    expect(works.ledger.queries.run(first.id)?.reruns).toEqual([one.run]);
    const { items } = works.access.audit.page({ action: 'rerun', limit: 9 });
    expect(items).toMatchObject([{ subject: first.id, reason: 'mended' }, { outcome: `accepted: ${one.run}` }]);
  });

  it('that would start something else than was shown is refused', async () => {
    await using works = await open();
    const first = await works.run({ bad: [2] });
    const body = { wish: failed, reason: 'mended', plan: 'another', key: 'a-key-of-mine' };
    expect(await post(works, `/api/runs/${first.id}/rerun`, body)).toMatchObject({
      status: 409,
      body: { error: { code: 'reruns.plan-changed' } },
    });
    expect(works.ledger.queries.run(first.id)?.reruns).toEqual([]);
  });

  describe('is refused with what is wrong', () => {
    let works: Works;
    let path: string;
    beforeAll(async () => {
      works = await open();
      path = `/api/runs/${(await works.run({ bad: [] })).id}/rerun/preview`;
    });
    afterAll(async () => works[Symbol.asyncDispose]());

    it.each<readonly [string, object, number, string]>([
      ['a part that there is not', { part: 'half', recipe: 'stored' }, 400, 'monitor.bad-body'],
      ['no step to begin with', { part: 'from', recipe: 'stored' }, 400, 'monitor.bad-body'],
      ['a step that is no number', { part: 'from', step: '1', recipe: 'stored' }, 400, 'monitor.bad-body'],
      ['a step that was sent nothing', { part: 'from', step: 9, recipe: 'stored' }, 409, 'reruns.nothing-left'],
      ['an id for the new run', { part: 'whole', recipe: 'stored', set: { guid: 'x' } }, 422, 'reruns.cannot-start'],
      ['a priority that brokers give', { part: 'whole', recipe: 'stored', priority: 4 }, 400, 'monitor.bad-body'],
      ['parameters that are a list', { part: 'whole', recipe: 'stored', set: [1] }, 400, 'monitor.bad-body'],
      ['a key that there is not', { part: 'whole', recipe: 'stored', sett: {} }, 400, 'monitor.bad-body'],
      [
        'parameters for which a field is wrong',
        { part: 'whole', recipe: 'stored', set: { dispatcher_timeout: -1 } },
        422,
        'reruns.cannot-start',
      ],
    ])('for %s', async (_what, wish, status, code) => {
      const answer = await post(works, path, { wish, announcement: false });
      expect(answer).toMatchObject({ status, body: { error: { code } } });
    });
  });
});

describe('several runs at once', () => {
  it('are repeated one by one, as far as they can be, each with what became of it', async () => {
    await using works = await open();
    const good = await works.run({ bad: [] });
    const bad = await works.run({ bad: [1] });
    const worse = await works.run({ bad: [1, 2] });
    const action = { what: 'rerun', wish: failed };
    const { body: preview } = await post<BulkPreview>(works, '/api/bulk/preview', {
      action,
      selection: { filter: {} },
    });
    expect(preview.items.map(({ run, possible, words }) => [run, possible, words.split('.')[0]])).toEqual([
      [worse.id, true, 'begins with 2 messages: 2 to step 1'],
      [bad.id, true, 'begins with 1 message: 1 to step 1'],
      [good.id, false, `Nothing of ${good.id} is to be repeated: all its messages ended well`],
    ]);
    const runs = preview.items.filter(({ possible }) => possible).map(({ run, plan }) => ({ run, plan }));
    const body = { action, runs: [...runs, { run: 'nobody', plan: '' }], reason: 'mended', key: 'of-this-morning' };
    const results = await lines(works, body);
    expect(results.map(({ run, isDone }) => [run, isDone])).toEqual([
      [worse.id, true],
      [bad.id, true],
      ['nobody', false],
    ]);
    for (const { started = '' } of results.slice(0, 2)) expect((await works.ended(started)).state).toBe('finished');
    expect((await lines(works, body)).map(({ started }) => started)).toEqual(results.map(({ started }) => started));
    expect(works.ledger.queries.run(bad.id)?.reruns).toHaveLength(1);
    expect(works.access.audit.page({ subject: bad.id, limit: 1 }).items[0]?.reason).toBe(
      'mended (2 of 3 at once, of-this-)',
    );
  });

  it('are cancelled as far as they run', async () => {
    await using works = await open();
    const ended = await works.run({ bad: [] });
    const held = await works.begin({ bad: [], hold: true });
    const selection = { runs: [ended.id, held, 'nobody'] };
    const { body } = await post<BulkPreview>(works, '/api/bulk/preview', { action: { what: 'cancel' }, selection });
    expect(body.items.map(({ possible, words }) => [possible, words])).toEqual([
      [false, 'it is finished'],
      [true, expect.stringMatching(/^\d+ messages? waiting now$/)],
      [false, 'no run has this id'],
    ]);
    const runs = body.items.filter(({ possible }) => possible).map(({ run, plan }) => ({ run, plan }));
    const results = await lines(works, { action: { what: 'cancel' }, runs, reason: 'no beam', key: 'of-this-morning' });
    expect(results).toEqual([{ run: held, isDone: true, words: 'cancelled' }]);
    works.release();
    expect((await works.ended(held)).state).toBe('cancelled');
  });
});

describe('an announcement by hand', () => {
  it('is shown as the dispatcher will take it, and started once for one key', async () => {
    await using works = await open();
    const announcement = { queue: 'processing_recipe', recipes: ['scan'], parameters: { bad: [], beamline: 'i03' } };
    const { body: preview } = await post<AnnouncementPreview>(works, '/api/announcements/preview', { announcement });
    expect(preview).toMatchObject({
      recipes: ['scan'],
      messages: 2,
      waits: [],
      fields: [{ name: 'bad', value: [] }, { name: 'hold' }, { name: 'beamline', value: 'i03' }],
    });
    const body = { announcement, reason: 'commissioning', plan: preview.plan, key: 'a-key-of-mine' };
    const { body: started } = await post<StartedView>(works, '/api/announcements', body);
    expect(started.status).toBe('accepted');
    expect(await works.ended(started.run)).toMatchObject({ state: 'finished', beamline: 'i03', user: 'localhost' });
    expect((await post<StartedView>(works, '/api/announcements', body)).body).toEqual(started);
    expect(works.access.audit.page({ action: 'announce', limit: 2 }).items).toMatchObject([
      { reason: 'commissioning' },
      { reason: 'commissioning' },
    ]);
  });

  it('that would be refused says why, and is not sent', async () => {
    await using works = await open();
    const announcement = { queue: 'data-collection', parameters: { event: 'start' } };
    const { body: preview } = await post<AnnouncementPreview>(works, '/api/announcements/preview', { announcement });
    expect(preview.refused?.reason).toContain('rules.yaml cannot be read');
    const body = { announcement, reason: 'x', plan: preview.plan, key: 'a-key-of-mine' };
    expect(await post(works, '/api/announcements', body)).toMatchObject({ status: 422 });
    const unknown = { queue: 'processing_recipe', recipes: ['scam'], parameters: {} };
    const { body: other } = await post<AnnouncementPreview>(works, '/api/announcements/preview', {
      announcement: unknown,
    });
    expect(other.refused?.reason).toContain('"scam" cannot be read: there is no such file');
  });
});
