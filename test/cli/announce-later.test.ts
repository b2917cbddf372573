import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run, type Ended } from '../fixtures/baton.ts';
import { freePort } from '../fixtures/free-port.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

it('an announcement for a broker that is down waits on disk, and is sent once, in order, when it is up', async () => {
  await using folder = await temporaryFolder();
  const ports = ['--stomp', String(await freePort()), '--http', String(await freePort())];
  const options = ['--store', folder.path, ...ports, '--json'];
  const baton = async (...args: readonly string[]): Promise<Ended> =>
    await run(process.execPath, [main, ...args, ...options]);

  const announce = async (...args: readonly string[]): Promise<Ended> => await baton('announce', 'unheard-of', ...args);

  const [first, unkept, waiting, wrong] = await Promise.all([
    announce(),
    announce('--no-spool'),
    announce('--wait'),
    announce('--set', 'guid=no good'),
  ]);
  const second = await announce('--set', 'guid=mine');
  const file = expect.stringContaining(join(folder.path, 'spool')) as string;
  expect([first.code, first.json()]).toMatchObject([0, { status: 'spooled', file }]);
  expect([second.code, second.json()]).toMatchObject([0, { status: 'spooled', run: 'mine', file }]);
  for (const ended of [unkept, waiting])
    expect([ended.code, ended.json()]).toMatchObject([3, { error: { code: 'stomp.unreachable' } }]);
  expect([wrong.code, wrong.json()]).toMatchObject([1, { error: { code: 'dispatcher.bad-request' } }]);

  const up = spawn(process.execPath, [main, 'up', ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(up.stdout, 'data');
  let letters: readonly { readonly run: string; readonly code: string }[] = [];
  while (letters.length < 2)
    ({ letters } = (await baton('dlq', 'show', 'processing_recipe')).json<{ letters: typeof letters }>());
  // The recipe is unknown, so both were refused: what came of them stands in the dead-letter queue.
  expect(letters.map((letter) => [letter.run, letter.code])).toEqual(
    [first, second].map((ended) => [ended.json<{ run: string }>().run, 'dispatcher.no-recipe']),
  );
  up.kill('SIGTERM');
  await once(up, 'exit');
  expect(await readdir(join(folder.path, 'spool'))).toEqual([]);
}, 60_000);
