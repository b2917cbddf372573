import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { prepareCompiled } from '../../scripts/compile.ts';
import { runNpm } from '../../scripts/npm.mjs';
import { checkout } from '../../scripts/prepare.ts';
import { run, type Ended } from '../fixtures/baton.ts';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const service = `
import { defineService, done, type Service } from 'baton-supervisor';
const mine: Service<object> = defineService({
  name: 'mine', description: 'My own', queue: 'mine', parameters: { type: 'object' }, channels: {},
  process: async () => done(),
});
export default mine;
`;

describe('the package', () => {
  let site: { readonly path: string } & AsyncDisposable;
  let failure: string | undefined;

  beforeAll(async () => {
    await prepareCompiled();
    site = await temporaryFolder();
    await writeFile(join(site.path, 'package.json'), '{ "private": true, "type": "module" }');
    failure =
      runNpm(checkout, ['pack', '--pack-destination', site.path]) ??
      runNpm(site.path, [
        'install',
        '--prefer-offline',
        ...readdirSync(site.path).filter((name) => name.endsWith('.tgz')),
      ]);
    return async () => site[Symbol.asyncDispose]();
  }, 300_000);

  /** In the folder where it is installed, and with the Node that runs this. */
  const inSite = async (...command: readonly string[]): Promise<Ended> => {
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    return await run('env', [`--chdir=${site.path}`, `PATH=${path}`, ...command]);
  };
  const npx = async (...args: readonly string[]): Promise<Ended> => await inSite('npx', '--no', 'baton', ...args);

  it('has the command, which knows its version, and finds all that ships with it', async ({ skip }) => {
    if (failure !== undefined) skip(failure);
    expect((await npx('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const [stomp, http] = [await freePort(), await freePort()];
    await writeFile(join(site.path, 'mine.ts'), service);
    const config = {
      broker: { port: stomp },
      page: { port: http },
      modules: ['mine.ts'],
      processes: { all: ['mine', 'per-image-analysis'] },
    };
    await writeFile(join(site.path, 'baton.yaml'), JSON.stringify(config));
    const { findings } = (await npx('doctor', '--config', 'baton.yaml', '--json')).json<{
      findings: readonly { check: string; state: string }[];
    }>();
    const states = Object.fromEntries(findings.map(({ check, state }) => [check, state]));
    expect(states).toMatchObject({ store: 'pass', recipes: 'pass', services: 'pass', broker: 'error' });
  });

  it('has types for authors of services', async ({ skip }) => {
    if (failure !== undefined) skip(failure);
    await writeFile(join(site.path, 'typed.ts'), service);
    const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
    const types = ['--typeRoots', join(checkout, 'node_modules/@types'), '--types', 'node'];
    const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', ...types];
    expect(await inSite(process.execPath, tsc, ...options, 'typed.ts')).toMatchObject({ stdout: '', code: 0 });
  });
});
