import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAccess } from '../../src/access/access.ts';
import { run, startBaton, type Ended } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');
const password = 'correct horse battery';

async function withStore(
  work: (baton: (input: string, ...args: string[]) => Promise<Ended>, folder: string) => Promise<void>,
): Promise<void> {
  await using folder = await temporaryFolder();
  const store = join(folder.path, 'store');
  await work(async (input, ...args) => await run(process.execPath, [main, ...args, '--store', store], input), store);
}

describe('baton user', () => {
  it(
    'adds, lists, changes and removes users, with the password from standard input, and all of it in the audit',
    { timeout: 120_000 },
    async () => {
      await withStore(async (baton, store) => {
        expect((await baton('', 'user', 'list')).stdout).toContain('whoever is on the host');
        const added = await baton(`${password}\n`, 'user', 'add', 'jane', '--role', 'operator');
        expect([added.code, added.stdout]).toEqual([0, 'jane may log in, as operator.\n']);
        expect((await baton('', 'user', 'role', 'jane', '--role', 'admin')).code).toBe(0);
        expect((await baton(`${password}!\n`, 'user', 'password', 'jane')).code).toBe(0);
        expect((await baton('', 'user', 'list', '--json')).json()).toMatchObject({
          users: [{ name: 'jane', role: 'admin' }],
        });
        using access = openAccess(join(store, 'access'));
        expect(await access.users.isPassword('jane', password)).toBe(false);
        expect(await access.users.isPassword('jane', `${password}!`)).toBe(true);
        expect((await baton('', 'user', 'remove', 'jane')).stdout).toContain('no users any more');
        expect(access.audit.page({ limit: 9 }).items.map(({ action, way }) => [action, way])).toEqual(
          ['user remove', 'user password', 'user role', 'user add'].map((action) => [action, 'command line']),
        );
      });
    },
  );

  it('says what is wrong before it asks for a password', { timeout: 60_000 }, async () => {
    await withStore(async (baton) => {
      expect((await baton('short\n', 'user', 'add', 'jane', '--role', 'viewer')).stderr).toContain('fewer than 12');
      expect((await baton('', 'user', 'add', 'jane', '--role', 'viewer')).stderr).toContain('No password came');
      expect((await baton('', 'user', 'password', 'jane')).stderr).toContain('no user "jane"');
      expect((await baton('', 'user', 'add', 'jane', '--role', 'root')).code).toBe(2);
      expect((await baton('', 'user', 'add', 'jane', '--role', 'viewer', '--password', password)).code).toBe(2);
    });
  });
});

describe('baton token', () => {
  it('shows a token once, lists and revokes it', { timeout: 60_000 }, async () => {
    await withStore(async (baton, store) => {
      const made = await baton(
        '',
        'token',
        'create',
        '--name',
        'scrape',
        '--role',
        'metrics',
        '--expires',
        '12h',
        '--json',
      );
      const { token, expires } = made.json<{ token: string; expires: number }>();
      expect(expires).toBeGreaterThan(Date.now() + 11 * 3_600_000);
      using access = openAccess(join(store, 'access'));
      expect(access.tokens.find(token)).toMatchObject({ name: 'scrape', role: 'metrics' });
      const listed = await baton('', 'token', 'list');
      expect(listed.stdout).toContain('scrape');
      expect(listed.stdout).not.toContain(token);
      expect((await baton('', 'token', 'revoke', 'scrape')).code).toBe(0);
      expect(access.tokens.find(token)).toBeUndefined();
    });
  });

  it.each(['0d', 'soon', '-1d', '2020-01-01', '9999d'])('does not expire %s', async (expires) => {
    await withStore(async (baton) => {
      const refused = await baton('', 'token', 'create', '--name', 'x', '--role', 'viewer', `--expires=${expires}`);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('at most two years')]);
    });
  });
});

it(
  'commands show a token, or need none where they may read the store; the page goes over TLS',
  { timeout: 120_000 },
  async () => {
    const [key, cert] = ['localhost-key.pem', 'localhost-cert.pem'].map((name) =>
      resolve(import.meta.dirname, '../fixtures', name),
    );
    await using baton = await startBaton(undefined, {
      config: { page: { tls: { key, cert, ca: cert, name: 'localhost' } } },
    });
    using access = openAccess(join(baton.folder, 'access'));
    await access.users.add('jane', 'viewer', password);
    expect((await baton.baton('runs', '--json')).json()).toEqual({ runs: [], next: null });
    expect(access.tokens.list()).toEqual([]);
    expect((await baton.baton('doctor')).stdout).toContain('https://');

    const place = ['--monitor', baton.page.replace('http:', 'https:')];
    const env: NodeJS.ProcessEnv = { ...process.env, NODE_EXTRA_CA_CERTS: cert };
    const elsewhere = async (...args: string[]): Promise<Ended> =>
      await run('env', [
        ...Object.entries(env).map(([name, value]) => `${name}=${String(value)}`),
        process.execPath,
        main,
        'runs',
        '--json',
        ...place,
        ...args,
      ]);
    const stranger = await elsewhere();
    expect([stranger.code, stranger.stderr]).toEqual([1, expect.stringContaining('asks for a token')]);
    const file = join(baton.folder, 'token');
    await writeFile(
      file,
      `${access.tokens.create({ name: 'script', role: 'viewer', creator: 'test', expires: Date.now() + 600_000 })}\n`,
    );
    expect((await elsewhere('--token-file', file)).json()).toEqual({ runs: [], next: null });
    env['BATON_TOKEN'] = (await readFile(file, 'utf8')).trim();
    expect((await elsewhere()).code).toBe(0);
    access.tokens.revoke('script');
    expect((await elsewhere()).stderr).toContain('not known, or has expired');
  },
);
