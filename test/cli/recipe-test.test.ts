import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { run, type Ended } from '../fixtures/baton.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const main = resolve(import.meta.dirname, '../../src/cli/main.ts');

async function test(...args: readonly string[]): Promise<Ended> {
  return await run(process.execPath, [main, 'recipe', 'test', ...args]);
}

interface Told {
  readonly tests: readonly { readonly name: string; readonly problems: readonly string[] }[];
}

it('baton recipe test runs the tests of the recipes that ship', async () => {
  const ended = await test('--json');
  expect(ended.json<Told>().tests.map(({ problems }) => problems)).toEqual([[], []]);
  expect(ended.code).toBe(0);
});

it('baton recipe test says what is not as expected, or why nothing runs, and exits 1', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'wrong.test.yaml');
  const parameters = '{event: start, experiment_type: gridscan, file: a.nxs, number_of_frames: 1}';
  await writeFile(
    file,
    `tests:
  - name: another frame
    announcement: { parameters: ${parameters} }
    expect: { messages: [{ to: 2, channel: every, payload: { file-number: 1 } }] }
  - name: no rule
    announcement: { parameters: { event: never } }
`,
  );
  const { stdout, code } = await test(file);
  expect(stdout).toContain(
    `✗ ${file}: another frame\n    Expected a message to step 2 over every with {"file-number":1}, there are [].\n`,
  );
  expect(stdout).toContain(`✗ ${file}: no rule\n    No rule applies to this announcement`);
  expect(stdout).toContain('0 of 2 tests passed.\n');
  expect(code).toBe(1);
});

it('baton recipe test refuses a file that is none of tests, in words that say where', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'odd.test.yaml');
  await writeFile(file, 'tests: [{ name: x, announcement: {}, expects: {} }]');
  const { stderr, code } = await test(file);
  expect(stderr).toContain('tests, 0, expects: unknown key (did you mean "expect"?)');
  expect(code).toBe(2);
});
