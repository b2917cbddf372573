import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FileEntry, Page } from '../../src/monitor/api.ts';
import { announced, settled } from '../ledger/records.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';

describe('the files of a run', () => {
  const stack = new AsyncDisposableStack();
  let site: OpenMonitor;
  let given: string;
  beforeAll(async () => {
    const folder = stack.use(await temporaryFolder()).path;
    given = join(folder, 'data');
    const secret = join(folder, 'data-secret');
    await mkdir(join(given, 'sub'), { recursive: true });
    await mkdir(secret);
    await writeFile(join(given, 'sub/scan "1".csv'), '0123456789');
    await writeFile(join(secret, 'key'), 'secret');
    await symlink(secret, join(given, 'out'));
    await symlink('sub/scan "1".csv', join(given, 'inside'));
    execFileSync('mkfifo', [join(given, 'pipe')]);
    site = stack.use(await openMonitor({ files: [given] }));
    const result = {
      file_path: join(given, 'sub'),
      file_name: 'scan "1".csv',
      others: [
        join(given, 'inside'),
        join(given, 'out/key'),
        join(given, 'none'),
        join(given, 'pipe'),
        join(given, 'sub'),
        join(secret, 'key'),
        `${given}/sub/../../data-secret/key`,
        `${given}/`,
        '/etc/passwd',
        'relative/path',
        'a\0b',
      ],
    };
    await site.record(announced('one'), settled('one', 1, 'done', { result }), announced('none'));
  });
  afterAll(() => stack.disposeAsync());

  it('are those that its results name, in pages', async () => {
    const [first, second] = [await list('limit=4'), await list('limit=500')];
    expect(first.items).toEqual(second.items.slice(0, 4));
    const rest = await list(`limit=500&cursor=${first.next ?? ''}`);
    expect([...first.items, ...rest.items]).toEqual(second.items);
    expect(second.items.map(({ name, isGiven }) => [name, isGiven])).toEqual([
      ['scan "1".csv', true],
      ['inside', true],
      ['key', true],
      ['none', true],
      ['pipe', true],
      ['sub', true],
      ['key', false],
      ['passwd', false],
    ]);
    expect((await site.get('/api/runs/none/files')).json).toEqual({ items: [] });
  });

  it('are given whole, as something to be saved and not shown', async () => {
    const { status, text, headers } = await file('scan "1".csv');
    expect([status, text]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment; filename="scan \\"1\\".csv"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-cache',
      'content-length': '10',
    });
    expect((await file('inside')).text).toBe('0123456789');
  });

  it.each([
    ['bytes=2-4', 206, '234', 'bytes 2-4/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
  ])('are given in part: %s', async (range, status, text, part) => {
    const answer = await file('scan "1".csv', { range });
    expect([answer.status, answer.text, answer.headers['content-range']]).toEqual([status, text, part]);
  });

  it('are refused in parts that there are not', async () => {
    const { status, json, headers } = await file('scan "1".csv', { range: 'bytes=10-' });
    expect([status, json]).toMatchObject([416, { error: { code: 'monitor.bad-range' } }]);
    expect(headers['content-disposition']).toBeUndefined();
  });

  it('are not sent again to who has them', async () => {
    const { headers } = await file('scan "1".csv');
    const again = await file('scan "1".csv', { 'if-none-match': headers.etag ?? '' });
    expect([again.status, again.text]).toEqual([304, '']);
    const changed = await file('scan "1".csv', { range: 'bytes=2-4', 'if-range': '"other"' });
    expect([changed.status, changed.text]).toEqual([200, '0123456789']);
  });

  it('are refused where a link leads out of the folders, or there is none: nothing tells which', async () => {
    const [linkedOut, absent] = [await site.get('/api/runs/one/files/3'), await site.get('/api/runs/one/files/4')];
    expect(linkedOut.status).toBe(404);
    expect(linkedOut.text).not.toContain(given);
    expect(linkedOut.text.replace('3', 'N')).toBe(absent.text.replace('4', 'N'));
  });

  it.each(['pipe', 'sub'])('are files only: %s is none', async (name) => expect((await file(name)).status).toBe(404));

  it('are refused where the site gives out nothing', async () => {
    const { status, text } = await file('passwd');
    expect([status, JSON.parse(text)]).toMatchObject([403, { error: { code: 'monitor.file-not-given' } }]);
    expect(text).not.toContain('passwd');
  });

  it('are closed again, however they were asked for', async () => {
    const n = String((await list('limit=500')).items.find(({ name }) => name === 'inside')?.n);
    const { headers } = await file('inside');
    await site.get(`/api/runs/one/files/${n}`, {}, 'HEAD');
    await file('inside', { 'if-none-match': headers.etag ?? '' });
    await file('inside', { range: 'bytes=99-' });
    await vi.waitFor(async () => {
      const open = await Promise.all(
        (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
      );
      expect(open.filter((path) => path.startsWith(given))).toEqual([]);
    });
  });

  it('are refused once a folder on the way was replaced by a link that leads out', async () => {
    await rename(join(given, 'sub'), join(given, 'kept'));
    await symlink('/etc', join(given, 'sub'));
    expect((await file('inside')).status).toBe(404);
    expect((await file('scan "1".csv')).status).toBe(404);
  });

  it.each(['0', '99', '-1', '..', '%2e%2e', '%2E%2E%2Fpasswd', '%00', '1%00', '..%2f..%2fetc%2fpasswd', '1.0'])(
    'none has the number %s',
    async (n) => {
      const { status, json } = await site.get(`/api/runs/one/files/${n}`);
      expect([status, json]).toMatchObject([404, { error: { code: expect.stringMatching(/no-such/) } }]);
    },
  );

  async function list(query: string): Promise<Page<FileEntry>> {
    return (await site.get(`/api/runs/one/files?${query}`)).json as Page<FileEntry>;
  }

  async function file(name: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const entry = (await list('limit=500')).items.find((each) => each.name === name);
    return await site.get(`/api/runs/one/files/${String(entry?.n)}`, headers);
  }
});
