import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { LogPage } from '../../src/monitor/api.ts';
import { startBaton } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const talker = `
import { defineService, done } from ${JSON.stringify(resolve(import.meta.dirname, '../../src/index.ts'))};
export const service = defineService({
  name: 'talker',
  description: 'says what it does',
  queue: 'talk',
  parameters: { type: 'object' },
  process: async (step, { log }) => {
    log.info({ image: 5 }, 'looking');
    log.warn('it is \\u001b[2J dim');
    await new Promise((resolve) => setTimeout(resolve, 500));
    log.error('and gone');
    return done();
  },
});
`;

it('baton logs shows what the services of a run logged, by level, and follows it to the end of the run', async () => {
  await using folder = await temporaryFolder();
  const recipes = join(folder.path, 'recipes');
  await mkdir(recipes);
  await writeFile(join(folder.path, 'talker.ts'), talker);
  await writeFile(
    join(recipes, 'talk.json'),
    JSON.stringify({ 1: { queue: 'talk', service: 'talker' }, start: [[1, []]] }),
  );
  const config = { recipes, modules: [join(folder.path, 'talker.ts')], processes: { talk: ['talker'] } };
  await using baton = await startBaton(undefined, { config });
  expect((await baton.baton('announce', 'talk', '--set', 'guid=a-run')).stdout).toContain('accepted');

  const followed = await baton.baton('logs', 'a-run', '--follow');
  expect(followed.code, followed.stderr).toBe(0);
  const lines = followed.stdout.trim().split('\n');
  expect(lines.at(-1)).toMatch(/error step 1 talker: and gone$/);
  const all = await baton.baton('logs', 'a-run');
  expect(all.stdout).toMatch(
    /info {2}step 1 talker: looking image=5\n[^\n]*warn[^\n]*it is \uFFFD\[2J dim\n[^\n]*and gone\n$/,
  );
  const grave = (await baton.baton('logs', 'a-run', '--level', 'error', '--step', '1', '--json')).json<LogPage>();
  expect(grave.items).toMatchObject([{ level: 'error', text: 'and gone', attempt: 1 }]);
  expect((await baton.baton('logs', 'a-run', '--step', '2')).stdout).toBe('No lines.\n');

  const unknown = await baton.baton('logs', 'nobody');
  expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('nobody')]);
  expect((await baton.baton('logs', 'a-run', '--level', 'loud')).code).toBe(2);
}, 90_000);
