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
  readonly tests: readonly {
    readonly name: string;
    readonly stubs: readonly string[];
    readonly problems: readonly string[];
  }[];
}

/** A site with a recipe of two branches and an error path, and these tests of it. */
async function siteWith(tests: string): Promise<AsyncDisposable & { readonly path: string; readonly config: string }> {
  const folder = await temporaryFolder();
  const config = join(folder.path, 'baton.yaml');
  const recipe = {
    '1': { queue: 'watch', output: { every: 2 } },
    '2': { queue: 'analyse', output: 3, error: 4 },
    '3': { queue: 'record_result' },
    '4': { queue: 'alarm' },
    start: [[1, { frame: 0 }]],
  };
  await writeFile(config, 'recipes: .');
  await writeFile(join(folder.path, 'two.json'), JSON.stringify(recipe));
  await writeFile(join(folder.path, 'two.test.yaml'), tests);
  return Object.assign(folder, { config });
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
    `✗ ${file}: another frame\n    stubs of filewatcher, per_image_analysis, xray_centring, record_result\n    Expected a message to step 2 over every with {"file-number":1}, there are [].\n`,
  );
  expect(stdout).toContain(`✗ ${file}: no rule\n    No rule applies to this announcement`);
  expect(stdout).toContain('0 of 2 tests passed.\n');
  expect(code).toBe(1);
});

it('baton recipe test compares results, messages and error paths with stubs alone, and names the stubs', async () => {
  await using site = await siteWith(`tests:
  - name: results
    announcement: { recipes: [two], parameters: {} }
    outputs:
      1: { every: [{ frame: 1 }, $payload] }
      2: [$payload, { spots: 7 }]
      3: { $result: $payload }
    expect:
      results: [{ frame: 1 }, { frame: 0 }, { spots: 7 }, { spots: 7 }]
      steps: { 3: { done: 4 }, 4: { sent: 0 } }
  - name: error path
    announcement: { recipes: [two], parameters: {} }
    outputs: { 2: { error: There is no light. } }
    expect:
      results: []
      steps: { 2: { errorLink: 1 } }
      messages: [{ to: 4, payload: { error: { code: stub, message: There is no light. }, payload: { frame: 0 } } }]
  - name: dead letter
    announcement: { recipes: [two], parameters: {} }
    outputs: { 1: { error: { code: dark, message: There is no light. } } }
    expect: { state: failed, steps: { 1: { dead: 1 } } }
  - name: other results
    announcement: { recipes: [two], parameters: {} }
    outputs: { 3: { $result: { spots: 8 } } }
    expect: { results: [{ spots: 7 }] }
`);
  const { tests } = (await test(site.path, '--config', site.config, '--json')).json<Told>();
  expect(tests.map(({ problems }) => problems)).toEqual([
    [],
    [],
    [],
    ['Expected the result {"spots":7}, it is not there.', 'The result {"spots":8} was not expected.'],
  ]);
  expect(tests[0]?.stubs).toEqual(['watch', 'analyse', 'record_result', 'alarm']);
});

it('baton recipe test refuses what can have no effect: steps, channels and counts that are not there', async () => {
  await using site = await siteWith(`tests:
  - name: mistakes
    announcement: { recipes: [two], parameters: {} }
    outputs:
      1: { evry: 1 }
      2: { every: 1 }
      3: { error: 5 }
      4: { error: x, $result: 6 }
      9: []
    expect: { steps: { 8: { done: 0 } } }
`);
  const { tests } = (await test('--config', site.config, '--json')).json<Told>();
  expect(tests[0]?.problems).toEqual([
    'Outputs of step 1: the recipe links no channel "evry" (did you mean "every"?).',
    'Outputs of step 2: the step links no channels: expected a list of payloads, "error" or "$result".',
    'Outputs of step 3: "error": expected a text, or { code, message }, got 5.',
    'Outputs of step 4: what fails sends nothing else beside "error".',
    'Outputs of step 9: the recipe has no such step, only 1, 2, 3, 4.',
    'Expected of step 8: the recipe has no such step, only 1, 2, 3, 4.',
  ]);
  await using misspelt = await siteWith(
    'tests: [{ name: x, announcement: { recipes: [two] }, expect: { steps: { 1: { dnoe: 1 } } } }]',
  );
  expect((await test('--config', misspelt.config)).stderr).toContain('unknown key (did you mean "done"?)');
  await using empty = await temporaryFolder();
  expect(await test(empty.path)).toMatchObject({ stderr: expect.stringContaining('There are no tests'), code: 2 });
});

it('baton recipe test refuses a file that is none of tests, in words that say where', async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'odd.test.yaml');
  await writeFile(file, 'tests: [{ name: x, announcement: {}, expects: {} }]');
  const { stderr, code } = await test(file);
  expect(stderr).toContain('"tests", entry 1, "expects": unknown key (did you mean "expect"?)');
  expect(code).toBe(2);
});
