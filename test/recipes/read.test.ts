import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import { printRecipe, readRecipe } from '../../src/recipes/read.ts';
import { anyJson, validRecipe } from './arbitraries.ts';

describe('readRecipe', () => {
  it('reads a recipe as it is written, whatever its steps and payloads hold', () => {
    const recipe = {
      '1': {
        service: 'A',
        queue: '{queue}',
        gridinfo: { steps: [1, 2] },
        comment: 'kept',
        output: { every: 7, last: [7] },
      },
      '7': { topic: 't', 'transport-delay': '{delay}', parameters: { '{key}': '$value' } },
      start: [[1, [null, { any: 'payload' }]]],
      error: [7],
    };
    expect(readRecipe(JSON.stringify(recipe), 'a.json')).toMatchObject({ recipe, findings: [] });
  });

  it('takes the last of duplicate keys and says where the others stand', () => {
    const text = [
      '{',
      '  "1": ["what this recipe is for"],',
      '  "1": {"queue": "a"},',
      '  "start": [[1, {}]]',
      '}',
    ].join('\n');
    const { recipe, findings } = readRecipe(text, 'a.json');
    expect(recipe).toEqual({ '1': { queue: 'a' }, start: [[1, {}]] });
    expect(findings).toEqual([
      {
        rule: 'duplicate-key',
        severity: 'warning',
        line: 2,
        column: 3,
        message: 'The key "1" stands more than once; only the last one counts, in line 3.',
        hint: 'Remove this one, or give it a name of its own.',
      },
    ]);
  });

  it('finds duplicate keys at every depth', () => {
    const text = '{"1": {"parameters": {"a": {"b": 1, "b": 2}}}, "start": [[1, {"x": 1, "x": 2}]]}';
    const { recipe, findings } = readRecipe(text, 'a.json');
    expect(recipe).toEqual({ '1': { parameters: { a: { b: 2 } } }, start: [[1, { x: 2 }]] });
    expect(findings.map(({ column }) => column)).toEqual([29, 63]);
  });

  it('reads links written as text as the numbers they mean, each with a finding', () => {
    const text =
      '{"1": {"output": {"a": "2", "b": ["2", 2]}, "error": "2"}, "2": {"output": "{x}"}, "start": [["1", "1"]], "error": ["2"]}';
    const { recipe, findings } = readRecipe(text, 'a.json');
    expect(recipe).toEqual({
      '1': { output: { a: 2, b: [2, 2] }, error: 2 },
      '2': { output: '{x}' },
      start: [[1, '1']],
      error: [2],
    });
    expect(findings.map(({ rule, column }) => [rule, column])).toEqual([
      ['link-text', 19],
      ['link-text', 35],
      ['link-text', 45],
      ['link-text', 95],
      ['link-text', 117],
    ]);
  });

  it("writes the recipe's own error as a list, for Python services fail on a bare number", () => {
    const { recipe, findings } = readRecipe('{"1": {}, "start": [[1, 0]], "error": 1}', 'a.json');
    expect(recipe).toMatchObject({ error: [1] });
    expect(findings).toMatchObject([{ rule: 'error-list', line: 1, column: 30 }]);
  });

  it('writes step numbers plainly, as Python reads them', () => {
    const { recipe, findings } = readRecipe('{"01": {}, " +2 ": {}, "1_0": {}, "start": [[1, 0]]}', 'a.json');
    expect(Object.keys(recipe as object)).toEqual(['1', '2', '10', 'start']);
    expect(findings.map(({ rule }) => rule)).toEqual(['step-number', 'step-number', 'step-number']);
  });

  it('passes over comments, commas before a closing bracket and a byte order mark', () => {
    const { recipe, findings } = readRecipe(
      '\uFEFF{\n// a comment\n"1": {"a": [1,],},\n"start": [[1, 0]]\n}',
      'a.json',
    );
    expect(recipe).toEqual({ '1': { a: [1] }, start: [[1, 0]] });
    expect(findings.map(({ rule, line }) => [rule, line])).toEqual([
      ['not-json', 2],
      ['not-json', 3],
      ['not-json', 3],
    ]);
  });

  it('tells once that letters were lost, because the file is in another encoding', () => {
    const latin = Buffer.from('{"1": {"comment": "Größe, Höhe"}, "start": [[1, 0]]}', 'latin1').toString('utf8');
    expect(readRecipe(latin, 'a.json').findings).toMatchObject([{ rule: 'encoding', line: 1, column: 22 }]);
  });

  it('reads a link in text with blanks around it, too', () => {
    const { recipe, findings } = readRecipe('{"1": {"output": "02 "}, "2": {}, "start": [[" 1", 0]]}', 'a.json');
    expect(recipe).toMatchObject({ '1': { output: 2 }, start: [[1, 0]] });
    expect(findings.map(({ rule }) => rule)).toEqual(['link-text', 'link-text']);
  });

  it('leaves a step number with more digits than are kept as it stands', () => {
    const { recipe } = readRecipe('{"9007199254740993": {}, "start": [[1, 0]]}', 'a.json');
    expect(Object.keys(recipe as object)).toContain('9007199254740993');
  });

  it('tells when digits of a number are lost', () => {
    const { findings } = readRecipe('{"1": {"id": 12345678901234567890}, "start": [[1, 0]]}', 'a.json');
    expect(findings).toMatchObject([{ rule: 'number-precision', column: 14 }]);
  });

  it.each([
    ['{"1": {"queue": "a"}\n  "2": {}}', 2, 3, 'a comma is missing before "2"'],
    ['{"1" {}}', 1, 6, 'a colon is missing between key and value, before "{"'],
    ['{"1": {queue: "a"}}', 1, 8, 'expected a key in double quotes, found "queue"'],
    ["{'1': {}}", 1, 2, 'JSON has double quotes only, found "\'1\'"'],
    ['{"1": {"group": True}}', 1, 17, 'JSON writes true, found "True"'],
    ['{\n# why\n"1": {}}', 2, 1, 'JSON has no comments, found "#"'],
    ['{"1": {"queue": "a}\n}', 1, 17, 'expected a closing quote before the end of the line, found "a}'],
    ['{"1": {}},\n"2": {}}', 1, 10, 'but a bracket was closed too soon, found ","'],
    [
      '{"1": {"queue": "a"}',
      1,
      21,
      'the text ends before the JSON does, after 20 characters: the { in line 1, column 1 is never closed, or the end was cut off',
    ],
    ['{\n"1": {"a": ["]"}', 2, 16, 'expected a closing bracket ] before "}"'],
    ['{\n"1": {"a": ["]"', 2, 16, 'the [ in line 2, column 12 is never closed'],
    ['', 1, 1, 'there is nothing in it'],
    ['{\0"\0}\0', 1, 2, 'this is no text in UTF-8'],
    ['{"1": NaN}', 1, 7, 'expected a JSON value, found "NaN"'],
    ['{"1": 1e999}', 1, 7, 'the number "1e999" is larger than any that can be kept'],
    ['{}\n{}', 2, 1, 'expected nothing more after the end'],
  ])('refuses %j with line and column', (text, line, column, reason) => {
    expect(() => readRecipe(text, 'a.json')).toThrow(
      expect.objectContaining({ code: 'recipes.syntax', fields: expect.objectContaining({ line, column }) }),
    );
    expect(() => readRecipe(text, 'a.json')).toThrow(`a.json, line ${line}, column ${column}: `);
    expect(() => readRecipe(text, 'a.json')).toThrow(reason);
  });

  it.each([
    ['depth', '['.repeat(1_000_000)],
    ['depth hidden behind brackets in text', `"${']'.repeat(1000)}"${'{"a":'.repeat(200)}`],
    ['size', `"${'x'.repeat(2_000_000)}"`],
  ])('refuses too much %s before it costs anything', (_, text) => {
    expect(() => readRecipe(text, 'a.json')).toThrow(expect.objectContaining({ code: 'recipes.too-large' }));
  });

  it('finds a hundred thousand duplicates in the time it takes to read them', () => {
    const { findings } = readRecipe(`{${'"a":1,\n'.repeat(100_000)}"a":1}`, 'a.json');
    expect(findings).toHaveLength(100_000);
    expect(findings.at(-1)).toMatchObject({ line: 100_000, column: 1 });
  });

  it('does not mistake brackets in text for depth', () => {
    expect(readRecipe(`{"1": {"a": "${'\\\\\\"['.repeat(500)}"}}`, 'a.json').findings).toEqual([]);
  });

  it('keeps a key named __proto__ a key', () => {
    const { recipe } = readRecipe('{"__proto__": {"polluted": 1}, "1": {"__proto__": {"queue": "x"}}}', 'a.json');
    expect(printRecipe(recipe)).toContain('"__proto__"');
    expect(Object.getPrototypeOf(recipe)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  it('reads what was printed as the same recipe, without findings', () => {
    fc.assert(
      fc.property(validRecipe, (recipe) => {
        const again = readRecipe(printRecipe(recipe), 'a.json');
        expect(again.recipe).toEqual(recipe);
        expect(printRecipe(again.recipe)).toBe(printRecipe(recipe));
        expect(again.findings.filter(({ rule }) => rule !== 'number-precision')).toEqual([]);
      }),
    );
  });

  it('throws only its own errors on any text', () => {
    const text = fc.oneof(fc.string(), anyJson.map(printRecipe), anyJson.map(printRecipe).chain(cutOff));
    fc.assert(
      fc.property(text, (written) => {
        try {
          readRecipe(written, 'a.json');
        } catch (error) {
          if (!(error instanceof BatonError)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the place of what was read', () => {
  const { at, written } = readRecipe(
    '{\n  "1": [],\n  "1": {\n    "output": {"every": [2, 9]}\n  },\n  "02": {"output": 1e0}\n}',
    'a.json',
  );

  it('finds the line and column of a place, of duplicate keys in the one that counts', () => {
    expect(at(['1', 'output', 'every', 1])).toEqual({ line: 4, column: 29 });
    expect(at(['1', 'output'])).toEqual({ line: 4, column: 5 });
    expect(at(['1'])).toEqual({ line: 3, column: 3 });
  });

  it('falls back on the nearest place around one that is not there', () => {
    expect(at(['1', 'error'])).toEqual({ line: 3, column: 3 });
    expect(at([])).toEqual({ line: 1, column: 1 });
  });

  it('finds a step also where its number is written in another way', () => {
    expect(at(['2', 'output'])).toEqual({ line: 6, column: 10 });
  });

  it('has the JSON as it was written', () => {
    expect(written(['2', 'output'])).toBe('1e0');
    expect(written(['1', 'output', 'every'])).toBe('[2, 9]');
  });
});

function cutOff(text: string): fc.Arbitrary<string> {
  return fc.nat({ max: text.length }).map((length) => text.slice(0, length));
}
