import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run, type Ended } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

/** Two branches, a join, an error path, and a condition. */
const recipe = {
  '1': { queue: 'watch', output: { every: 2, last: 4 } },
  '2': { queue: 'analyse', output: { result: 3 }, error: 3 },
  '3': { queue: 'centre', join: { count: '{frames}' }, output: { result: 4 }, error: 4 },
  '4': { queue: 'record', when: { keep: true } },
  start: [[1, { keep: true }]],
};

async function attempt(outputs: object, ...args: readonly string[]): Promise<Ended> {
  await using folder = await temporaryFolder();
  const [file, stubs] = [join(folder.path, 'recipe.json'), join(folder.path, 'outputs.yaml')];
  await writeFile(file, JSON.stringify(recipe));
  await writeFile(stubs, JSON.stringify(outputs));
  return await run(process.execPath, [main, 'recipe', 'try', file, '--set', 'frames=2', '--outputs', stubs, ...args]);
}

it('baton recipe try runs a recipe through dispatcher and pipeline, with stubs, and shows every message', async () => {
  const every = [{ frame: 1 }, { frame: 2 }];
  const { stdout, code } = await attempt({
    1: { every, last: { keep: false } },
    3: { result: { keep: true, spots: 7 } },
  });
  const shown = stdout.split('\n');
  expect(shown.slice(0, 4)).toEqual([
    'step 1 stub of watch: done',
    '  every ─▶ step 2  {"frame":1}',
    '  every ─▶ step 2  {"frame":2}',
    '  last ─▶ step 4  {"keep":false}',
  ]);
  expect(shown.filter((line) => line.includes('step 3 stub of centre: joined'))).toHaveLength(2);
  expect(shown).toContain('  result ─▶ step 4  {"keep":true,"spots":7}');
  expect(shown.filter((line) => line.startsWith('step 4')).sort()).toEqual([
    'step 4 stub of record: done',
    'step 4 stub of record: skipped',
  ]);
  expect(shown.at(-2)).toBe('finished');
  expect(code).toBe(0);
});

it('baton recipe try fails a step where its stub is told to, and goes over the error links', async () => {
  const outputs = {
    1: { every: [{ frame: 1 }, { frame: 2 }] },
    2: { error: { code: 'dark', message: 'There is no light.' } },
  };
  const { stdout } = await attempt(outputs);
  expect(stdout).toContain(
    'step 2 stub of analyse: error-link (dark: There is no light.)\n  error ─▶ step 3  {"error":{"code":"dark"',
  );
});

it('baton recipe try says what still waits when the time is over, and why a recipe would be refused', async () => {
  const waiting = await attempt({ 1: { every: [{ frame: 1 }] } }, '--timeout', '5');
  expect(waiting.stdout).toContain(
    'step 3 still waits: 1 of 1 messages are not done\nrunning, when the time was over\n',
  );
  expect(waiting.code).toBe(1);
  const refused = await attempt({}, '--set', 'frames=none');
  expect(refused.stderr).toContain('step 3, "join", "count": expected a whole number of at least 1, got "none"');
  expect(refused.code).toBe(1);
});
