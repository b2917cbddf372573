import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

async function load(config: object): Promise<Config> {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'baton.yaml'), JSON.stringify(config));
  const surroundings = { shippedRecipes: '/recipes', workingFolder: folder.path };
  return await loadConfig('baton.yaml', {}, surroundings);
}

describe('page', () => {
  it('is on loopback, for who is on the host, unless told otherwise', async () => {
    expect((await load({})).page).toEqual({
      ...{ host: '127.0.0.1', port: 8080, unclaimed: 'admin' },
      sessions: { idleHours: 12, hours: 168 },
      files: [],
      editRecipes: false,
    });
  });

  it('gives out files of folders that are named from where the configuration lies', async () => {
    const { files } = (await load({ page: { files: ['data', '/dls'] } })).page;
    expect(files).toEqual([expect.stringMatching(/^\/.+\/data$/), '/dls']);
  });

  it.each([
    { broker: { url: 'stomp://baton:secret@activemq:61613' } },
    { broker: { url: 'stomp://a:61613,stomp://me:secret@b:61613' } },
  ])('lets who is on the host only look, where the broker asks for a login: %j', async (config) => {
    expect((await load(config)).page.unclaimed).toBe('viewer');
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', 'baton.example.org', '127.0.0.1.example.org'])(
    'does not listen on %s without TLS, unless told that nobody can listen in',
    async (host) => {
      await expect(load({ page: { host } })).rejects.toMatchObject({
        code: 'config.invalid',
        message: expect.stringMatching(/passwords would go there in clear: give page\.tls .* page\.clearText: true/),
      });
      expect((await load({ page: { host, clearText: true } })).page.host).toBe(host);
      const { tls } = (await load({ page: { host, tls: { key: 'a/key.pem', cert: '/cert.pem' } } })).page;
      expect([tls?.key, tls?.cert]).toEqual([expect.stringMatching(/^\/.*\/a\/key\.pem$/), '/cert.pem']);
    },
  );

  it.each([
    [{ tls: { key: 'key.pem' } }, "page.tls must have required property 'cert'"],
    [{ local: 'root' }, 'page.local must be equal to one of the allowed values'],
    [{ local: 'viewer', host: '0.0.0.0', clearText: true }, 'page.local is for a page on loopback'],
    [{ proxi: {} }, 'page has an unknown key "proxi" (did you mean "proxy"?)'],
    [{ proxy: { addresses: ['127.0.0.1'], roles: {} } }, "page.proxy must have required property 'userHeader'"],
    [{ proxy: proxy({ addresses: [] }) }, 'page.proxy.addresses must NOT have fewer than 1 items'],
    [{ proxy: proxy({ addresses: ['proxy.example.org'] }) }, 'page.proxy.addresses has "proxy.example.org"'],
    [{ proxy: proxy({ addresses: ['10.0.0.0/33'] }) }, 'page.proxy.addresses has "10.0.0.0/33"'],
    [{ proxy: proxy({ userHeader: 'X User' }) }, 'page.proxy.userHeader must match pattern'],
    [{ proxy: proxy({ roles: { operators: ['a'] } }) }, 'unknown key "operators" (did you mean "operator"?)'],
    [{ sessions: { hours: 0 } }, 'page.sessions.hours must be > 0'],
  ])('is refused as %j', async (page, message) => {
    await expect(load({ page })).rejects.toMatchObject({
      code: 'config.invalid',
      message: expect.stringContaining(message),
    });
  });
});

function proxy(changes: object): object {
  return { addresses: ['10.0.0.0/8', '::1'], userHeader: 'X-Forwarded-User', roles: { viewer: ['*'] }, ...changes };
}
