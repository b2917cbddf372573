import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openAccess, type Access } from '../../src/access/access.ts';
import type { Role } from '../../src/access/roles.ts';
import type { Clock } from '../../src/core/clock.ts';
import type { SessionView } from '../../src/monitor/api.ts';
import { placed, type Placed } from '../../src/monitor/interface/operation.ts';
import { operations } from '../../src/monitor/interface/operations.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { announced } from '../ledger/records.ts';
import { openMonitor, type Answer, type OpenMonitor } from './open-monitor.ts';
import { recipeFolder } from './recipe-folder.ts';

const password = 'correct horse battery';
const page = { 'baton-request': 'test' };

/** What a browser sends with what the page itself asks for. */
const fromThePage = { ...page, 'sec-fetch-site': 'same-origin' };

async function addUsers({ users }: Access): Promise<void> {
  await users.add('vera', 'viewer', password);
  await users.add('otto', 'operator', password);
}

async function logIn(site: OpenMonitor, name: string, word = password, headers = {}): Promise<Answer> {
  return await site.send('POST', '/api/session', { name, password: word }, { ...fromThePage, ...headers });
}

/** The header with the session's cookie that an answer gave. */
function cookieOf({ headers }: Answer): { readonly cookie: string } {
  return { cookie: headers['set-cookie']?.[0]?.split(';')[0] ?? '' };
}

function tokenFor(
  { tokens }: Access,
  role: Role,
  expires = Date.now() + 3_600_000,
): { readonly authorization: string } {
  return { authorization: `Bearer ${tokens.create({ name: `for-${role}`, role, creator: 'test', expires })}` };
}

function codeOf({ json }: Answer): string {
  return (json as { readonly error: { readonly code: string } }).error.code;
}

describe('every route and every role', () => {
  /** Who may, from the stranger to the admin, and what those get who may. */
  const routes: readonly [method: string, path: string, statuses: readonly number[]][] = [
    //                                     stranger metrics viewer operator admin
    ['GET', '/api/health', [200, 200, 200, 200, 200]],
    ['GET', '/api/session', [200, 200, 200, 200, 200]],
    ['GET', '/metrics', [401, 200, 200, 200, 200]],
    ['GET', '/api/services', [401, 403, 200, 200, 200]],
    ['GET', '/api/services/orders', [401, 403, 403, 200, 200]],
    ['POST', '/api/services/pause', [401, 403, 403, 400, 400]],
    ['GET', '/api/handover', [401, 403, 200, 200, 200]],
    ['POST', '/api/handover/remarks', [401, 403, 403, 400, 400]],
    ['GET', '/api/pauses', [401, 403, 200, 200, 200]],
    ['GET', '/api/queues', [401, 403, 200, 200, 200]],
    ['GET', '/api/jobs', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/recipe', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/results', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/results/1', [401, 403, 404, 404, 404]],
    ['GET', '/api/runs/one/files', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/files/1', [401, 403, 404, 404, 404]],
    ['GET', '/api/openapi.json', [401, 403, 200, 200, 200]],
    ['GET', '/api/announcements', [401, 403, 200, 200, 200]],
    ['GET', '/api/schemas/recipe', [401, 403, 200, 200, 200]],
    ['HEAD', '/api/events', [401, 403, 200, 200, 200]],
    ['GET', '/api/audit', [401, 403, 403, 200, 200]],
    ['GET', '/api/failed', [401, 403, 200, 200, 200]],
    ['GET', '/api/failed/none', [401, 403, 404, 404, 404]],
    ['GET', '/api/failed/none/preview', [401, 403, 404, 404, 404]],
    ['GET', '/api/failed/none/letters/1', [401, 403, 404, 404, 404]],
    ['GET', '/api/failed/none/export', [401, 403, 403, 404, 404]],
    ['POST', '/api/failed/none/canary', [401, 403, 403, 404, 404]],
    ['POST', '/api/failed/none/release', [401, 403, 403, 400, 400]],
    ['POST', '/api/failed/none/purge', [401, 403, 403, 400, 400]],
    ['POST', '/api/failed/none/address', [401, 403, 403, 400, 400]],
    ['POST', '/api/failed/none/letters/1/address', [401, 403, 403, 404, 404]],
    ['POST', '/api/failed/none/addressings/1/undo', [401, 403, 403, 404, 404]],
    ['POST', '/api/failed/none/actions/1/stop', [401, 403, 403, 404, 404]],
    ['POST', '/api/runs/one/cancel', [401, 403, 403, 200, 200]],
    ['POST', '/api/runs/one/rerun/preview', [401, 403, 400, 400, 400]],
    ['POST', '/api/runs/one/rerun', [401, 403, 403, 400, 400]],
    ['POST', '/api/bulk/preview', [401, 403, 403, 400, 400]],
    ['POST', '/api/bulk', [401, 403, 403, 400, 400]],
    ['GET', '/api/announcements/choices', [401, 403, 503, 503, 503]],
    ['POST', '/api/announcements/preview', [401, 403, 403, 400, 400]],
    ['POST', '/api/announcements', [401, 403, 403, 400, 400]],
    ['GET', '/api/runs/one/deliveries', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/waterfall', [401, 403, 200, 200, 200]],
    ['GET', '/api/runs/one/logs', [401, 403, 200, 200, 200]],
    ['POST', '/api/services/resume', [401, 403, 403, 400, 400]],
    ['POST', '/api/services/drain', [401, 403, 403, 400, 400]],
    ['POST', '/api/services/shutdown', [401, 403, 403, 400, 400]],
    ['GET', '/api/recipes', [401, 403, 200, 200, 200]],
    ['POST', '/api/recipes/lint', [401, 403, 400, 400, 400]],
    ['GET', '/api/recipes/watching', [401, 403, 200, 200, 200]],
    ['PUT', '/api/recipes/watching', [401, 403, 403, 403, 400]],
    ['GET', '/api/recipes/watching/versions', [401, 403, 200, 200, 200]],
    ['GET', '/api/recipes/watching/versions/0123456789', [401, 403, 404, 404, 404]],
    ['POST', '/api/recipes/watching/preview', [401, 403, 400, 400, 400]],
    ['POST', '/api/recipes/watching/try', [401, 403, 403, 400, 400]],
    ['GET', '/api/backfills', [401, 403, 200, 200, 200]],
    ['POST', '/api/backfills/preview', [401, 403, 400, 400, 400]],
    ['POST', '/api/backfills', [401, 403, 403, 400, 400]],
    ['GET', '/api/backfills/none', [401, 403, 404, 404, 404]],
    ['GET', '/api/backfills/none/runs', [401, 403, 404, 404, 404]],
    ['POST', '/api/backfills/none/pause', [401, 403, 403, 404, 404]],
    ['POST', '/api/backfills/none/resume', [401, 403, 403, 404, 404]],
    ['POST', '/api/backfills/none/cancel', [401, 403, 403, 400, 400]],
    ['GET', '/api/nowhere', [401, 403, 404, 404, 404]],
    ['DELETE', '/api/runs/one', [401, 403, 405, 405, 405]],
    ['GET', '/', [503, 503, 503, 503, 503]],
  ];
  const roles: readonly (Role | 'stranger')[] = ['stranger', 'metrics', 'viewer', 'operator', 'admin'];

  it.each(roles)('%s gets what it may, and nothing else', async (role) => {
    await using recipes = await recipeFolder();
    await using site = await openMonitor({ recipes: recipes.site });
    await addUsers(site.access);
    await site.record(announced('one'));
    const headers = role === 'stranger' ? page : tokenFor(site.access, role);
    const found: [string, string, number][] = [];
    for (const [method, path] of routes) {
      const body = method === 'POST' || method === 'PUT' ? { reason: 'a test' } : undefined;
      found.push([method, path, (await site.send(method, path, body, headers)).status]);
    }
    const column = roles.indexOf(role);
    expect(found).toEqual(routes.map(([method, path, statuses]) => [method, path, statuses[column]]));
  });

  it('has every route that the monitor has', () => {
    const isTried = ({ method, path }: Placed): boolean => {
      const shape = new RegExp(`^${path.replaceAll(/[{][^}]+[}]/g, '[^/]+')}$`);
      return routes.some(([tried, each]) => (tried === method || tried === 'HEAD') && shape.test(each));
    };
    // Logging in and out has tests of its own.
    const missing = placed(operations).filter((each) => each.path !== '/api/session' && !isTried(each));
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });
});

describe('a page on loopback', () => {
  it('takes who is on the host for an administrator, until there are users', async () => {
    await using site = await openMonitor();
    expect((await site.get('/api/session')).json).toEqual({
      user: { name: 'localhost', role: 'admin', way: 'host' },
      passwords: false,
    });
    await addUsers(site.access);
    expect((await site.get('/api/session')).json).toEqual({ passwords: true });
    expect((await site.get('/api/runs')).status).toBe(401);
  });

  it.each(['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])(
    'does not take for it whoever came through a proxy that nobody told it of: %s',
    async (header) => {
      await using site = await openMonitor();
      expect((await site.get('/api/runs', { [header]: '10.0.0.9' })).status).toBe(401);
    },
  );

  it('lets look without a login who is told so, and act who has logged in', async () => {
    await using site = await openMonitor({ rules: { local: 'viewer' } });
    await addUsers(site.access);
    const cancel = '/api/runs/one/cancel';
    expect((await site.get('/api/runs')).status).toBe(200);
    expect((await site.send('POST', cancel, { reason: 'x' }, fromThePage)).status).toBe(403);
    const cookie = cookieOf(await logIn(site, 'otto'));
    expect((await site.send('POST', cancel, { reason: 'x' }, { ...fromThePage, ...cookie })).status).toBe(200);
  });

  it('knows nobody where it is told so', async () => {
    await using site = await openMonitor({ rules: { local: 'none' } });
    expect((await site.get('/api/runs')).status).toBe(401);
  });
});

it('a page beyond loopback knows nobody without a login, also not who is on the host', async () => {
  await using site = await openMonitor({ host: '0.0.0.0' });
  expect((await site.get('/api/runs')).status).toBe(401);
  expect((await site.get('/api/health', { host: 'baton.example.org' })).status).toBe(200);
  expect((await site.get('/api/session')).json).toEqual({ passwords: false });
});

describe('a login', () => {
  it('gives a session, until one logs out; what was sent before is then worthless', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const answer = await logIn(site, 'otto');
    expect([answer.status, answer.json]).toEqual([
      200,
      { user: { name: 'otto', role: 'operator', way: 'session' }, passwords: true },
    ]);
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^baton=[\w-]{43}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );
    const cookie = cookieOf(answer);
    expect((await site.get('/api/runs', cookie)).status).toBe(200);
    expect((await site.send('DELETE', '/api/session', undefined, { ...fromThePage, ...cookie })).status).toBe(204);
    expect((await site.get('/api/runs', cookie)).status).toBe(401);
    expect((await site.get('/api/session', cookie)).json).toEqual({ passwords: true });
  });

  it('takes no id that was brought along, and ends the session that was', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const planted = { cookie: `baton=${'A'.repeat(43)}` };
    const first = await logIn(site, 'otto', password, planted);
    expect(cookieOf(first)).not.toEqual(planted);
    expect((await site.get('/api/runs', planted)).status).toBe(401);
    const second = await logIn(site, 'vera', password, cookieOf(first));
    expect((await site.get('/api/runs', cookieOf(first))).status).toBe(401);
    expect(((await site.get('/api/session', cookieOf(second))).json as SessionView).user?.name).toBe('vera');
  });

  it('outlives the monitor', async () => {
    await using folder = await temporaryFolder();
    using access = openAccess(folder.path);
    await addUsers(access);
    const before = await openMonitor({ access });
    const cookie = cookieOf(await logIn(before, 'otto'));
    await before[Symbol.asyncDispose]();
    await using site = await openMonitor({ access });
    expect((await site.get('/api/runs', cookie)).status).toBe(200);
  });

  it('is over at once for who is removed, and has a new role at once', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const cookie = cookieOf(await logIn(site, 'otto'));
    site.access.users.setRole('otto', 'viewer');
    expect((await site.get('/api/audit', cookie)).status).toBe(403);
    site.access.users.remove('otto');
    expect((await site.get('/api/runs', cookie)).status).toBe(401);
  });

  it('fails in the same words whether the user is there or not', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const answers = [await logIn(site, 'otto', 'wrong'), await logIn(site, 'nobody', password)];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(answers[0]?.text).toBe(answers[1]?.text);
    expect(answers[0]?.headers['set-cookie']).toBeUndefined();
  });

  it('is put off after ten failures, for a quarter of an hour, and not where the user is logged in', async () => {
    await using folder = await temporaryFolder();
    let now = Date.now();
    const clock: Clock = {
      now: () => now,
      sleep: async (_ms, signal) => await new Promise((done) => signal?.addEventListener('abort', () => done())),
    };
    using access = openAccess(folder.path, { clock });
    const proxy = { addresses: ['127.0.0.1'], userHeader: 'x-user', roles: {} };
    await using site = await openMonitor({ access, clock, rules: { proxy } });
    await addUsers(access);
    const from = (address: string): object => ({ 'x-forwarded-for': address });
    await logIn(site, 'otto', password, from('10.0.0.1'));
    for (let n = 0; n < 10; n += 1) expect((await logIn(site, 'otto', 'wrong', from(`10.9.${n}.1`))).status).toBe(401);
    const refused = await logIn(site, 'otto', password, from('10.9.99.1'));
    expect([refused.status, codeOf(refused)]).toEqual([429, 'monitor.too-many-logins']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(800);
    expect((await logIn(site, 'otto', password, from('10.0.0.1'))).status).toBe(200);
    expect((await logIn(site, 'vera', password, from('10.9.99.1'))).status).toBe(200);
    now += 15 * 60_000;
    expect((await logIn(site, 'otto', password, from('10.9.99.1'))).status).toBe(200);
  }, 120_000);

  it.each([
    ['no body', undefined, {}, 415],
    ['a form', 'name=otto&password=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['JSON said to be text', '{"name":"a","password":"b"}', { 'content-type': 'text/plain' }, 415],
    ['broken JSON', '{"name":', {}, 400],
    ['a list', '[]', {}, 400],
    ['no password', '{"name":"otto"}', {}, 400],
    ['a number for a password', '{"name":"otto","password":12}', {}, 400],
    ['something more', '{"name":"otto","password":"x","role":"admin"}', {}, 400],
    ['a prototype', '{"name":"otto","password":"x","__proto__":{"role":"admin"}}', {}, 400],
    ['a compressed body', 'xx', { 'content-encoding': 'gzip' }, 400],
    ['20 kB', JSON.stringify({ name: 'otto', password: 'x'.repeat(20_000) }), {}, 413],
  ])('with %s is refused, and what was sent is not repeated', async (_what, body, headers, status) => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const answer = await site.send('POST', '/api/session', body, { ...fromThePage, ...headers });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({
      error: { code: expect.stringMatching(/^monitor\./), next: expect.any(String) },
    });
    expect(answer.text).not.toMatch(/xxx|at .*\.(ts|js)/);
  });

  it('reads no body that is announced as huge, nor one that goes on and on', async () => {
    await using site = await openMonitor();
    for (const [header, body, status] of [
      ['content-length: 100000000', '{', '413'],
      ['transfer-encoding: chunked', `5000\r\n${'x'.repeat(0x5000)}\r\n`, '411'],
    ]) {
      const socket = connect(site.monitor.port, '127.0.0.1');
      socket.write(
        `POST /api/session HTTP/1.1\r\nhost: localhost\r\nbaton-request: 1\r\ncontent-type: application/json\r\n${header}\r\n\r\n${body}`,
      );
      const text = (await socket.setEncoding('utf8').toArray()).join('');
      expect(text.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
      expect(text.toLowerCase()).toContain('connection: close');
    }
  });
});

describe('a request for a change', () => {
  it.each([
    ['without the header that other sites cannot send', {}, 'monitor.no-change-header'],
    ['of another site', { ...page, 'sec-fetch-site': 'cross-site' }, 'monitor.foreign-request'],
    ['of another host of the same domain', { ...page, 'sec-fetch-site': 'same-site' }, 'monitor.foreign-request'],
    ['of nobody knows whom', { ...page, 'sec-fetch-site': 'none' }, 'monitor.foreign-request'],
    ['of another origin', { ...page, origin: 'http://evil.example' }, 'monitor.foreign-request'],
    ['of another port', { ...page, origin: 'http://localhost:1', host: 'localhost:2' }, 'monitor.foreign-request'],
    ['of a page without an origin', { ...page, origin: 'null' }, 'monitor.foreign-request'],
  ])('%s is refused, whoever asks', async (_what, headers, code) => {
    await using site = await openMonitor();
    await site.record(announced('one'));
    const answer = await site.send('POST', '/api/runs/one/cancel', { reason: 'x' }, headers);
    expect([answer.status, codeOf(answer)]).toEqual([403, code]);
    expect((await site.send('POST', '/api/session', { name: 'a', password: 'b' }, headers)).status).toBe(403);
    expect(site.access.audit.page({ limit: 1 }).items).toEqual([]);
    expect((await site.get('/api/runs/one')).json).not.toHaveProperty('cancellation');
  });

  it('of its own origin is done', async () => {
    await using site = await openMonitor();
    const origin = { ...page, origin: 'http://localhost:8080', host: 'localhost:8080' };
    expect((await site.send('POST', '/api/runs/one/cancel', { reason: 'x' }, origin)).status).toBe(200);
  });

  it('is not answered when a browser asks whether another site may', async () => {
    await using site = await openMonitor();
    const asked = { origin: 'http://evil.example', 'access-control-request-method': 'POST' };
    const { status, headers } = await site.get('/api/runs/one/cancel', asked, 'OPTIONS');
    expect(status).toBeGreaterThanOrEqual(400);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control-'))).toEqual([]);
  });
});

describe('a token', () => {
  it('is good until it expires or is revoked, and never takes the place of somebody else', async () => {
    await using site = await openMonitor();
    const headers = tokenFor(site.access, 'viewer');
    expect((await site.get('/api/runs', headers)).status).toBe(200);
    site.access.tokens.revoke('for-viewer');
    const revoked = await site.get('/api/runs', headers);
    // Without it this would be the administrator on the host.
    expect([revoked.status, codeOf(revoked)]).toEqual([401, 'monitor.bad-token']);
    const expired = await site.get('/api/runs', tokenFor(site.access, 'viewer', Date.now() - 1));
    expect([expired.status, codeOf(expired)]).toEqual([401, 'monitor.bad-token']);
  });

  it.each(['Bearer', 'Bearer ', 'bearer x', 'Bearer a b', `Bearer ${'x'.repeat(5000)}`])(
    'is not %j',
    async (authorization) => {
      await using site = await openMonitor({ rules: { local: 'none' } });
      expect((await site.get('/api/runs', { authorization })).status).toBe(401);
    },
  );

  it('is no password of another scheme, which a proxy may hand on', async () => {
    await using site = await openMonitor();
    expect((await site.get('/api/runs', { authorization: 'Basic YTpi' })).status).toBe(200);
  });
});

describe('a proxy that tells who asks', () => {
  const proxy = {
    addresses: ['127.0.0.0/8'],
    userHeader: 'X-Forwarded-User',
    groupsHeader: 'X-Forwarded-Groups',
    roles: { viewer: ['*'], operator: ['i03-staff'], admin: ['controls'] },
  };

  it.each([
    ['', 'viewer'],
    ['users, i03-staff', 'operator'],
    ['controls,i03-staff', 'admin'],
    ['not-controls', 'viewer'],
  ])('is believed: groups %j', async (groups, role) => {
    await using site = await openMonitor({ rules: { proxy } });
    const headers = { 'x-forwarded-user': 'jane', 'x-forwarded-groups': groups, host: 'baton.example.org' };
    expect((await site.get('/api/session', headers)).json).toMatchObject({
      user: { name: 'jane', role, way: 'proxy' },
    });
    expect((await site.get('/api/runs', headers)).status).toBe(200);
  });

  it('is the only one that is: its headers from elsewhere are refused', async () => {
    await using site = await openMonitor({ rules: { proxy: { ...proxy, addresses: ['10.0.0.1', 'fd00::/8'] } } });
    for (const header of ['x-forwarded-user', 'X-Forwarded-Groups']) {
      const answer = await site.get('/api/runs', { [header]: 'admin' });
      expect([answer.status, codeOf(answer)]).toEqual([403, 'monitor.forged-header']);
    }
    expect((await site.get('/api/runs')).status).toBe(401);
  });

  it.each(['mallory, jane', 'a b', 'x'.repeat(201)])('has to replace what the browser sent: %j', async (name) => {
    await using site = await openMonitor({ rules: { proxy } });
    expect((await site.get('/api/runs', { 'x-forwarded-user': name })).status).toBe(403);
  });

  it('says nobody, and nobody gets in: not as who is on the host, either', async () => {
    await using site = await openMonitor({ rules: { proxy } });
    expect((await site.get('/api/runs')).status).toBe(401);
    expect((await site.get('/api/runs', { 'x-forwarded-user': '' })).status).toBe(401);
  });

  it('names somebody without a role, who is told so', async () => {
    await using site = await openMonitor({ rules: { proxy: { ...proxy, roles: { admin: ['controls'] } } } });
    const answer = await site.get('/api/runs', { 'x-forwarded-user': 'jane', 'x-forwarded-groups': 'users' });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'monitor.no-role']);
  });

  it('tells the name and the protocol that the browser asked for, for cookies and changes', async () => {
    await using site = await openMonitor({ rules: { proxy } });
    await addUsers(site.access);
    const outside = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'baton.example.org' };
    const login = { name: 'vera', password };
    const headers = { ...page, ...outside, origin: 'https://baton.example.org' };
    const answer = await site.send('POST', '/api/session', login, headers);
    expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-baton=.*; Secure; SameSite=Strict$/);
    expect((await site.get('/api/runs', { ...cookieOf(answer), ...outside })).status).toBe(200);
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect((await site.send('POST', '/api/session', login, foreign)).status).toBe(403);
  });
});

describe('live events', () => {
  it('end when who listens may do so no more', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    const headers = tokenFor(site.access, 'viewer');
    await using listening = await site.listen(headers);
    await listening.next('snapshot');
    const ended = new Promise((done) => listening.response.once('end', done));
    site.access.tokens.revoke('for-viewer');
    await ended;
  }, 30_000);

  it('are not for strangers', async () => {
    await using site = await openMonitor({ rules: { local: 'none' } });
    expect((await site.get('/api/events')).status).toBe(401);
  });
});

describe('cancelling a run', () => {
  it('does what the command does, and is in the audit with who, when, what and why', async () => {
    await using site = await openMonitor();
    await addUsers(site.access);
    await site.record(announced('one'));
    const cookie = cookieOf(await logIn(site, 'otto'));
    const before = Date.now();
    const cancelled = await site.send(
      'POST',
      '/api/runs/one/cancel',
      { reason: 'the wrong sample' },
      { ...fromThePage, ...cookie },
    );
    expect([cancelled.status, cancelled.json]).toEqual([200, { run: 'one', state: 'cancelled' }]);
    expect((await site.get('/api/runs/one', cookie)).json).toMatchObject({
      cancellation: { user: 'otto', reason: 'the wrong sample' },
    });
    const { items } = (await site.get('/api/audit?subject=one', cookie)).json as { items: { time: number }[] };
    expect(items).toEqual([
      {
        seq: 1,
        time: expect.any(Number),
        ...{ who: 'otto', role: 'operator', way: 'session', address: '127.0.0.1' },
        ...{ action: 'cancel', subject: 'one', reason: 'the wrong sample', outcome: 'cancelled' },
      },
    ]);
    expect(items[0]?.time).toBeGreaterThanOrEqual(before);
  });

  it.each([
    [{}],
    [{ reason: '' }],
    [{ reason: '  ' }],
    [{ reason: 7 }],
    [{ reason: 'x'.repeat(501) }],
    [{ reason: 'x', run: 'two' }],
  ])('wants a reason, and nothing else: %j', async (body) => {
    await using site = await openMonitor();
    const answer = await site.send('POST', '/api/runs/one/cancel', body, fromThePage);
    expect([answer.status, codeOf(answer)]).toEqual([400, 'monitor.bad-body']);
    expect(site.access.audit.page({ limit: 1 }).items).toEqual([]);
  });

  it('that nobody knows says so, and the audit is read in pages', async () => {
    await using site = await openMonitor();
    for (const run of ['a', 'b%2Fc', 'd'])
      expect((await site.send('POST', `/api/runs/${run}/cancel`, { reason: 'x' }, fromThePage)).json).toMatchObject({
        state: 'unknown',
      });
    const first = (await site.get('/api/audit?limit=2')).json as { items: { subject: string }[]; next: string };
    expect(first.items.map(({ subject }) => subject)).toEqual(['d', 'b/c']);
    const rest = (await site.get(`/api/audit?limit=2&cursor=${first.next}`)).json as { items: { subject: string }[] };
    expect(rest.items.map(({ subject }) => subject)).toEqual(['a']);
    for (const bad of ['limit=0', 'limit=501', 'cursor=x', 'wo=otto'])
      expect((await site.get(`/api/audit?${bad}`)).status).toBe(400);
  });
});
