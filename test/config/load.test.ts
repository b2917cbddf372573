import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { loadConfig, type Overrides } from '../../src/config/load.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const several = 'failover:(stomp://me:secret@a,stomp://b:61614/site)';

describe('the address of the broker', () => {
  test('is any that clients read', async () => {
    const { broker } = await configOf(`broker: { url: "${several}" }`);
    expect(broker.url).toBe(several);
  });

  test('is refused at once when no client could read it, and its passcode is not shown', async () => {
    const address = 'stomp://me:secret@a,stomp+ssl://b';
    const refusal = { code: 'stomp.address', message: expect.stringMatching(/^(?!.*secret).*TLS for all/) as string };
    await expect(configOf(`broker: { url: "${address}" }`)).rejects.toMatchObject(refusal);
    await expect(configOf('', { broker: address })).rejects.toMatchObject(refusal);
  });

  test('is what the command line says, where it says one', async () => {
    const { broker } = await configOf(`broker: { url: "${several}" }`, { broker: 'stomp://c' });
    expect(broker.url).toBe('stomp://c');
  });
});

describe('the embedded broker', () => {
  test('has users whose passcodes are in files, of which one is Baton itself', async () => {
    const { broker } = await configOf('broker: { login: me, users: { me: { passcodeFile: secret } } }');
    expect(broker.user).toEqual({ login: 'me', passcode: 'the passcode' });
    expect(broker.users?.['me']?.passcodeFile).toMatch(/^\/.*\/secret$/);
  });

  test.each([
    ['users: { me: { passcodeFile: secret } }', 'broker.users needs broker.login'],
    ['login: mee, users: { me: { passcodeFile: secret } }', 'none of broker.users (did you mean "me"?)'],
    ['login: me', 'broker.login needs broker.passcodeFile'],
    ['passcodeFile: secret', 'broker.passcodeFile needs broker.login'],
    ['url: "stomp://a", limits: { connections: 2 }', 'broker.limits is for the embedded broker'],
    ['limits: { conections: 2 }', 'did you mean "connections"?'],
    ['limits: { storeBytes: 0 }', 'broker.limits.storeBytes must be >= 1'],
    ['tls: { key: key.pem }', "broker.tls must have required property 'cert'"],
    ['users: { me: { passcode: text } }', 'did you mean "passcodeFile"?'],
    ['users: { me: { passcodeFile: secret, may: [{ destination: beam }] } }', 'broker.users.me.may.0.destination'],
  ])('is not configured by %s', async (broker, problem) => {
    const refusal = { code: 'config.invalid', message: expect.stringContaining(problem) as string };
    await expect(configOf(`broker: { ${broker} }`)).rejects.toMatchObject(refusal);
  });

  test('whose passcode cannot be read is told by the file', async () => {
    const broker = 'broker: { login: me, passcodeFile: nowhere }';
    const refusal = { code: 'config.secret-unusable', message: expect.stringContaining('/nowhere') as string };
    await expect(configOf(broker)).rejects.toMatchObject(refusal);
  });
});

describe('programs', () => {
  test('have paths relative to the file, and a process of their own where the site names none', async () => {
    const { programs, processes, compute } = await configOf(
      'programs: { work: { path: work.sh, directories: [data] } }\ncompute: { local: { cores: 4, memory: 2G } }',
    );
    expect(programs['work']?.path).toMatch(/^\/.*\/work\.sh$/);
    expect(programs['work']?.directories?.[0]).toMatch(/^\/.*\/data$/);
    expect(processes).toMatchObject({ programs: ['command'] });
    expect(compute).toEqual({ local: { cores: 4, memory: 2 * 1024 ** 3 } });
    expect((await configOf('')).processes).not.toHaveProperty('programs');
  });

  test('go to a cluster as the site says, and else as most sites would', async () => {
    const { compute } = await configOf(
      'compute: { slurm: { folder: jobs, partition: all, labels: { gpu: { qos: a } } } }',
    );
    expect(compute.slurm).toEqual({
      ...{ folder: expect.stringMatching(/^\/.*\/jobs$/) as string, partition: 'all', labels: { gpu: { qos: 'a' } } },
      ...{ reprocessing: { nice: 1000 }, requeue: false, poll: 2, waiting: 1000 },
    });
  });

  test.each([
    ['{}', "compute.slurm must have required property 'folder'"],
    ['{ folder: a, partitoin: b }', 'did you mean "partition"?'],
    ['{ folder: a, partition: "b --uid=0" }', 'compute.slurm.partition'],
    ['{ folder: a, labels: { gpu: { nice: 1 } } }', 'compute.slurm.labels.gpu'],
    ['{ folder: a, poll: 0 }', 'compute.slurm.poll'],
  ])('do not go to a cluster by %s', async (slurm, problem) => {
    const refusal = { code: 'config.invalid', message: expect.stringContaining(problem) as string };
    await expect(configOf(`compute: { slurm: ${slurm} }`)).rejects.toMatchObject(refusal);
  });

  test.each([
    ['{}', "programs.work must have required property 'path'"],
    ['{ path: a, argumnets: {} }', 'did you mean "arguments"?'],
    ['{ path: a, arguments: { type: lst } }', 'programs.work.arguments is no JSON Schema'],
    ['{ path: a, variables: [LD_PRELOAD] }', 'programs.work.variables.0'],
    ['{ path: a, environment: { BATON_OUTPUT: a } }', 'programs.work.environment'],
    ['{ path: a, limits: { memory: 8 gigabytes } }', 'programs.work.limits.memory'],
    ['{ path: a, limits: { tiem: 8 } }', 'did you mean "time"?'],
  ])('are not configured by %s', async (work, problem) => {
    const refusal = { code: 'config.invalid', message: expect.stringContaining(problem) as string };
    await expect(configOf(`programs: { work: ${work} }`)).rejects.toMatchObject(refusal);
  });
});

describe('health and alerts', () => {
  test('have limits of which a site sets some, and takes some away', async () => {
    const { health } = await configOf('health: { limits: { freeBytes: { warning: 5.0e+10, error: null } } }');
    expect(health.limits.freeBytes).toEqual({ notice: 5e9, warning: 5e10, error: null });
    expect(health.limits.clockSeconds).toEqual({ notice: 1, warning: 5, error: null });
  });

  test('have receivers with secrets in files, which only who tells them reads', async () => {
    const { alerts } = await configOf(
      'alerts: { oncall: { urlFile: hook, headerFiles: { authorization: nowhere }, minimum: error } }',
    );
    expect(alerts['oncall']).toMatchObject({ minimum: 'error', holdSeconds: 15, quietSeconds: 300, headers: {} });
    expect(alerts['oncall']?.urlFile).toMatch(/^\/.*\/hook$/);
  });

  test.each([
    ['health: { limits: { freeByts: { warning: 1 } } }', 'did you mean "freeBytes"?'],
    ['health: { limits: { freeBytes: { warn: 1 } } }', 'health.limits.freeBytes'],
    ['health: { limits: { freeBytes: { warning: -1 } } }', 'must be >= 0'],
    ['alerts: { a: {} }', 'alerts.a needs a url, or a urlFile'],
    ['alerts: { a: { url: "http://a", urlFile: b } }', 'only one counts'],
    ['alerts: { a: { url: "file:///etc/passwd" } }', 'alerts.a.url must be an address of http:// or https://'],
    ['alerts: { a: { url: "http://a", headers: { "x y": z } } }', 'alerts.a.headers.x y can be no header'],
    ['alerts: { a: { url: "http://a", headers: { x: "a\\nb" } } }', 'alerts.a.headers.x can be no header'],
    ['alerts: { a: { url: "http://a", headers: { Content-Length: "1" } } }', 'can be no header'],
    ['alerts: { a: { url: "http://a", minimum: bad } }', 'alerts.a.minimum'],
  ])('are not configured by %s', async (text, problem) => {
    const refusal = { code: 'config.invalid', message: expect.stringContaining(problem) as string };
    await expect(configOf(text)).rejects.toMatchObject(refusal);
  });
});

async function configOf(text: string, overrides: Overrides = {}): Promise<Config> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'baton.yaml');
  await writeFile(file, text);
  await writeFile(join(folder.path, 'secret'), 'the passcode\nand a note\n');
  return await loadConfig(file, overrides, { shippedRecipes: '/recipes', workingFolder: folder.path });
}
