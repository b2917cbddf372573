import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { placed } from '../../src/monitor/interface/operation.ts';
import { operations } from '../../src/monitor/interface/operations.ts';
import { announced, settled } from '../ledger/records.ts';
import { recipeFolder, watching, type RecipeFolder } from './recipe-folder.ts';
import { openMonitor, type OpenMonitor } from './open-monitor.ts';

const page = { 'baton-request': 'test' };
const ends = [
  '?x=1',
  '?__proto__=1',
  '?constructor=1',
  '?limit=1&limit=2',
  '?cursor[]=1',
  '?text=%ff',
  '?text=%zz',
  '?text=%00',
  `?${'a=1&'.repeat(2_000)}`,
  '?cursor=AAAA',
  `?cursor=${'A'.repeat(5_000)}`,
];
/** What may stand where a name or a number does. */
const names = ['..', '%2e%2e', '..%2f..%2fetc%2fpasswd', '%00', '%ff', '%', "'--", 'x'.repeat(8_000), '%F0%9F%90%8B'];

describe('what no program of good will asks', () => {
  let folder: RecipeFolder;
  let site: OpenMonitor;
  beforeAll(async () => {
    folder = await recipeFolder({ one: watching });
    site = await openMonitor({ limit: { requests: 1e6, seconds: 10 }, recipes: folder.site });
    await site.record(announced('one'), settled('one', 1, 'done', { result: 1 }));
  });
  afterAll(async () => {
    await site[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const paths = [...new Set(placed(operations).map(({ path }) => path))];

  it.each(paths)('is refused at %s behind the question mark', async (path) => {
    const method = placed(operations).find((each) => each.path === path)?.method;
    for (const end of ends) await refused(placeOf(path, 'one') + end, [400], method);
  });

  it.each(paths.filter((path) => path.includes('{')))('is refused at %s as a part of the path', async (path) => {
    for (const name of names) await refused(placeOf(path, name), [400, 404, 405]);
  });

  it.each(paths)('is refused at %s by other methods, with those that there are', async (path) => {
    const there = placed(operations).filter((each) => each.path === path);
    const allowed = there.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
    for (const method of ['PUT', 'PATCH', 'TRACE', 'PROPFIND', 'POST', 'DELETE'].filter((m) => !allowed.includes(m))) {
      const { headers } = await refused(placeOf(path, 'one'), [405], method);
      expect([method, headers.allow]).toEqual([method, allowed.join(', ')]);
    }
    const options = await site.get(placeOf(path, 'one'), page, 'OPTIONS');
    expect([options.status, options.headers.allow, options.text]).toEqual([204, allowed.join(', '), '']);
  });

  it('HEAD is answered as GET, without the body', async () => {
    for (const path of ['/api/runs', '/api/runs/one', '/api/runs/one/results/1', '/api/openapi.json']) {
      const [asked, got] = [await site.get(path, {}, 'HEAD'), await site.get(path)];
      expect([asked.status, asked.text, asked.headers.etag]).toEqual([200, '', got.headers.etag]);
    }
  });

  it.each([
    ['a line that is none', 'NONSENSE\r\n\r\n', 400],
    [
      'two lengths',
      'GET /api/health HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n',
      400,
    ],
    ['headers without end', `GET /api/health HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['an address without end', `GET /api/health?${'x'.repeat(40_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`, 431],
    ['a NUL in the address', 'GET /api/runs/\0 HTTP/1.1\r\nhost: localhost\r\n\r\n', 400],
    ['no host', 'GET /api/health HTTP/1.1\r\n\r\n', 400],
  ])('%s gets an answer and no more', async (_what, text, status) => {
    const socket = connect(site.monitor.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', () => undefined);
    socket.write(text);
    await once(socket, 'close');
    const answer = Buffer.concat(chunks).toString();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${String(status)} `));
    expect(answer).not.toMatch(/node:|\.ts:\d/);
    if (!text.endsWith('1.1\r\n\r\n')) expect(answer).toContain('{"error":{"code":"monitor.bad-request"');
  });

  async function refused(path: string, statuses: readonly number[], method = 'GET') {
    const answer = await site.get(path, page, method);
    expect(statuses, `${method} ${path.slice(0, 200)}: ${answer.text.slice(0, 200)}`).toContain(answer.status);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.text).not.toMatch(/node:|\.ts:\d|node_modules/);
    expect(answer.json).toEqual({
      error: { code: expect.any(String), message: expect.any(String), next: expect.any(String) },
    });
    return answer;
  }

  function placeOf(path: string, name: string): string {
    return path
      .replace('{run}', name)
      .replace('{n}', name === 'one' ? '1' : name)
      .replace('{name}', name)
      .replace('{hash}', name);
  }
});
