import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { Linter } from '../../../src/recipes/lint/linter.ts';
import { printRecipe } from '../../../src/recipes/read.ts';
import { almostRecipe, anyJson, anyParameters, validRecipe } from '../arbitraries.ts';
import { exampleSite } from './site.ts';

const linter = new Linter(exampleSite);

/** Rule and place of everything found. */
function places(text: string, parameters?: JsonObject, by = linter): string[] {
  return by.lint(text, 'a.json', parameters).map(({ rule, line, column }) => `${rule} ${line}:${column}`);
}

/** A recipe of one step, one key a line. */
function stepWith(step: JsonObject): string {
  return printRecipe({
    '1': { queue: 'filewatcher', ...step },
    '2': { queue: 'alarm' },
    start: [
      [1, []],
      [2, []],
    ],
  });
}

describe('the linter', () => {
  it.each(readdirSync(new URL('../../../recipes/', import.meta.url)).filter((file) => file.endsWith('.json')))(
    'has nothing to say about %s, which ships, but that nobody reads its last queue',
    (file) => {
      const text = readFileSync(new URL(`../../../recipes/${file}`, import.meta.url), 'utf8');
      expect(linter.lint(text, file)).toMatchObject([{ rule: 'unread-queue' }]);
    },
  );

  it('finds several things in one file, each in its line and column, in their order', () => {
    const text = [
      '{',
      '  "1": ["watches"],',
      '  "1": {',
      '    "queue": "filewatcher",',
      '    "parametres": {},',
      '    "output": { "evry": 2, "last": [2, 7] }',
      '  },',
      '  "2": { "queue": "alarms", "output": "1" },',
      '  "start": [[1, []]]',
      '}',
    ].join('\n');
    expect(places(text)).toEqual([
      'duplicate-key 2:3',
      'misspelt-key 5:5',
      'unknown-channel 6:17',
      'missing-step 6:40',
      'unknown-queue 8:10',
      'link-text 8:29',
      'cycle 8:29',
    ]);
  });

  it('says what was probably meant', () => {
    const text = stepWith({ queue: 'filewacher', outputs: { every: 2 } });
    expect(linter.lint(text, 'a.json').map(({ message }) => message)).toEqual([
      'Step 1 has the queue "filewacher", which no service of this site reads (did you mean "filewatcher"?).',
      'Step 1 has a key "outputs", which means nothing to Baton; did you mean "output"?',
    ]);
    expect(linter.lint('{"1": {}, "strat": [[1, 0]]}', 'a.json').map(({ message }) => message)).toContain(
      '"strat": expected a step number from 1, "start" or "error"; Python services fail on any other key (did you mean "start"?).',
    );
  });

  it('does not tell of steps that nothing leads to where the start is wrong', () => {
    expect(places('{"1": {"queue": "alarm"}, "start": [1, []]}')).toEqual(['bad-start 1:27']);
    expect(places('{"1": {"queue": "alarm"}, "strat": [[1, 0]]}')).toEqual(['no-start 1:1', 'not-numeric 1:27']);
  });

  it('finds a step written as "01" in its place', () => {
    expect(places('{\n"01": {\n"output": {"every": 9}}, "start": [[1, 0]]}')).toContain('missing-step 3:12');
  });
});

describe('with parameters, the linter', () => {
  it('looks at the recipe as it would run, too, and tells of each thing once', () => {
    const text = stepWith({ queue: 'q.{beamline}', timeout: '{patience}', parameters: { a: '{$REPLACE:grid[x]}' } });
    expect(places(text)).toEqual([]);
    expect(places(text, { beamline: 'i 03', patience: 'long', grid: {} })).toEqual([
      'bad-destination 3:5',
      'unknown-queue 3:5',
      'setting 4:5',
      'unresolved-placeholder 6:7',
    ]);
  });

  it('tells of unknown parameters in keys, in formats and in structures', () => {
    const text = stepWith({ '{a}': '{b:{c}d}', gridinfo: [{ x: '{d[0]} {known}' }] });
    const found = linter.lint(text, 'a.json', { known: 1, names: [] });
    expect(found.map(({ message }) => message)).toEqual([
      'There is no parameter "a"; "{a}" stays as it stands.',
      'There is no parameter "b"; "{b:{c}d}" stays as it stands.',
      'There is no parameter "c"; "{b:{c}d}" stays as it stands.',
      'There is no parameter "d"; "{d[0]} {known}" stays as it stands.',
    ]);
  });

  it('tells of a format that does not fit', () => {
    expect(linter.lint(stepWith({ comment: '{name:05d}' }), 'a.json', { name: 'x' })).toMatchObject([
      { rule: 'bad-placeholder', line: 4 },
    ]);
  });
});

describe('parameters of a step are held to the schema of its service:', () => {
  it.each<[string, JsonObject, string[]]>([
    ['text that reads as a number', { frames: '12' }, []],
    ['a placeholder in place of a number', { frames: '{number_of_frames}' }, []],
    ['a placeholder in a list', { list: ['{a}', '{b}'] }, []],
    ['a list that is none', { list: '/data/a.cbf' }, ['bad-parameter 5:7']],
    ['a number that is too small', { frames: 0 }, ['bad-parameter 5:7']],
    ['an entry of the wrong kind', { list: ['a', []] }, ['bad-parameter 7:9']],
    ['two that are wrong', { frames: 'x', timeout: 'y' }, ['bad-parameter 5:7', 'bad-parameter 6:7']],
  ])('%s', (_, parameters, found) => {
    expect(places(stepWith({ parameters }))).toEqual(found);
  });

  it('what is missing is missed, unless a placeholder may become it', () => {
    const join = { count: 1 };
    const centring = { queue: 'xray_centring', join };
    expect(places(stepWith(centring))).toContain('bad-parameter 2:3');
    expect(places(stepWith({ ...centring, parameters: { '{any}': '{x}' } }))).toEqual([]);
  });

  it("true and false as Python's substitution writes them", () => {
    const parameters = { steps_x: '2', steps_y: '2', snaked: 'True' };
    expect(places(stepWith({ queue: 'xray_centring', join: { count: 1 }, parameters }))).toEqual([]);
  });
});

describe('a join fills', () => {
  const joined = { queue: 'xray_centring', parameters: { steps_x: 1, steps_y: 1 } };

  it.each<[string, JsonObject, number]>([
    ['whatever a service sends', { '1': { queue: 'filewatcher', output: { every: 2 } } }, 1_000_000],
    ['over failures of the step before', { '1': { queue: 'alarm', error: 2 } }, 1],
    ['over failures of steps without error links', { '1': { queue: 'alarm' }, error: [2] }, 9],
  ])('over %s', (_, others, count) => {
    const text = JSON.stringify({ ...others, '2': { ...joined, join: { count } }, start: [[1, []]] });
    expect(linter.lint(text, 'a.json')).toEqual([]);
  });

  it.each<[string, JsonObject, string]>([
    ['more than the starts send', { start: [[2, []]] }, 'at most 1 can come.'],
    [
      'more than can fail',
      { '1': { queue: 'alarm', error: { a: 2, b: 3 } }, '3': { queue: 'alarm', error: 2 }, start: [[1, []]] },
      'at most 2 can come.',
    ],
    [
      'what only a step sends that no message comes to',
      { '1': { queue: 'alarm', error: 2 }, start: [[3, 0]], '3': { queue: 'alarm' } },
      'none can come.',
    ],
  ])('never with %s', (_, others, said) => {
    const text = JSON.stringify({ ...others, '2': { ...joined, join: { count: 5 } } });
    expect(linter.lint(text, 'a.json').map(({ message }) => message)).toContain(`Step 2 joins 5 messages, but ${said}`);
  });
});

describe('heard from heartbeats, a site', () => {
  const live = new Linter({
    ...exampleSite,
    readers: new Set(['node_creator']),
    source: 'heartbeats',
    heard: ['NodeCreator'],
  });

  it('tells of queues that nobody reads now, and of services that nobody heard of', () => {
    const text = stepWith({ queue: 'record_result', output: [3] }).replace(
      '  "start"',
      '  "3": {"queue": "node_creator", "service": "NodeCreator"}, "4": {"queue": "x", "service": "NodeCreater"},\n  "start"',
    );
    const said = live.lint(text, 'a.json').map(({ rule, message }) => `${rule}: ${message}`);
    expect(said).toContain(
      'unread-queue: Step 1 has the queue "record_result" of record-result, of which no heartbeat was heard.',
    );
    expect(said).toContain(
      'unknown-service: Step 4 calls its service "NodeCreater", of which no heartbeat was heard (did you mean "NodeCreator"?).',
    );
    expect(said.filter((each) => each.includes('Step 3'))).toEqual([]);
  });
});

describe('whatever it is given, the linter', () => {
  it('throws nothing, and finds every place in the text', () => {
    const text = fc.oneof(fc.string(), anyJson.map(printRecipe), almostRecipe.map(printRecipe));
    fc.assert(
      fc.property(text, fc.option(anyParameters, { nil: undefined }), (written, parameters) => {
        const lines = written.split('\n');
        for (const { line, column } of linter.lint(written, 'a.json', parameters)) {
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('calls no valid recipe wrong', () => {
    fc.assert(
      fc.property(validRecipe, (recipe) => {
        const errors = linter.lint(printRecipe(recipe), 'a.json').filter(({ severity }) => severity === 'error');
        expect(errors.filter(({ rule }) => rule !== 'bad-placeholder')).toEqual([]);
      }),
    );
  });

  it.each([
    ['many steps', `{${Array.from({ length: 50_000 }, (_, index) => `"${index + 1}":{}`).join()}}`],
    [
      'a long chain of errors',
      `{${Array.from({ length: 20_000 }, (_, index) => `"${index + 1}":{"error":${index + 2},"join":{"count":2}}`).join()},"start":[[1,0]]}`,
    ],
    ['formats in formats', `{"1":{"queue":"${'{a:'.repeat(100_000)}${'}'.repeat(100_000)}"},"start":[[1,1]]}`],
    [
      'keys that are nearly right',
      `{"1":{${Array.from({ length: 20_000 }, (_, index) => `"outpu${index}":1`).join()}}}`,
    ],
    [
      'keys of the language',
      '{"__proto__": {"queue": "x"}, "constructor": {}, "1": {"__proto__": {}, "parameters": {"__proto__": 1}}}',
    ],
  ])('takes %s, and tells of each thing fifty times at most', (_, text) => {
    const found = linter.lint(text, 'a.json', { a: 1 });
    for (const { rule } of found) expect(found.filter((each) => each.rule === rule).length).toBeLessThanOrEqual(50);
  });
});
