import fc from 'fast-check';
import { visit } from 'jsonc-parser';
import { describe, expect, it } from 'vitest';
import { formatRecipe } from '../../src/recipes/format.ts';
import { readRecipe } from '../../src/recipes/read.ts';
import { anyJson } from './arbitraries.ts';

describe('formatRecipe', () => {
  it('refuses a text in another encoding, of which letters would be lost for good', () => {
    const latin = Buffer.from('{"1": {"comment": "Größe"}, "start": [[1, 0]]}', 'latin1').toString('utf8');
    expect(() => formatRecipe(latin, 'a.json')).toThrow('a.json, line 1, column 22: the text is not in UTF-8');
  });

  it('gives each key of a step a line, and keeps on one line what fits there', () => {
    const text = '{"1":{"queue":"a","output":{"every":[2,3]}},"2":{},"start":[\n[1,\n[]]]}';
    expect(formatRecipe(text, 'a.json')).toBe(
      [
        '{',
        '  "1": {',
        '    "queue": "a",',
        '    "output": { "every": [2, 3] }',
        '  },',
        '  "2": {},',
        '  "start": [[1, []]]',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('breaks what is too long for a line, one entry a line', () => {
    const commands = Array.from({ length: 6 }, (_, index) => `echo ${index} ${'x'.repeat(20)}`);
    const formatted = formatRecipe(JSON.stringify({ '1': { parameters: { commands } }, start: [[1, []]] }), 'a.json');
    expect(formatted).toContain(
      '    "parameters": {\n      "commands": [\n        "echo 0 xxxxxxxxxxxxxxxxxxxx",\n        "echo 1',
    );
    expect(Math.max(...formatted.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('keeps comments, on their line or before what they speak of, and drops commas before a closing bracket', () => {
    const text =
      '// about\n{ "1": { // the first\n"queue": "a", // whose\n/* odd */ "output": [] // last\n}, "start": [[1, 0],] /* end */ }\n// after';
    expect(formatRecipe(text, 'a.json')).toBe(
      [
        '// about',
        '{',
        '  "1": {',
        '    // the first',
        '    "queue": "a", // whose',
        '    /* odd */',
        '    "output": [] // last',
        '  },',
        '  "start": [[1, 0]] /* end */',
        '}',
        '// after',
        '',
      ].join('\n'),
    );
  });

  it('keeps duplicate keys and the spelling of numbers and of text', () => {
    const text =
      '{"1": ["a note"], "1": {"a": 1.0, "b": 12345678901234567890, "c": "\\u00e4\\/"}, "start": [[1, 1e2]]}';
    const formatted = formatRecipe(text, 'a.json');
    expect(formatted.replaceAll(/\s+(?=[^"]*(?:"[^"]*"[^"]*)*$)/g, '')).toBe(text.replaceAll(/(?<!a)\s/g, ''));
  });

  it('changes blanks only, and nothing the second time, whatever the text holds', () => {
    fc.assert(
      fc.property(fc.oneof(anyJson, fc.dictionary(fc.string(), anyJson)), fc.nat(8), (value, blanks) => {
        const text = JSON.stringify(value, null, blanks);
        const formatted = formatRecipe(text, 'a.json');
        expect(tokens(formatted)).toEqual(tokens(text));
        expect(formatRecipe(formatted, 'a.json')).toBe(formatted);
        expect(readRecipe(formatted, 'a.json').recipe).toEqual(readRecipe(text, 'a.json').recipe);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses what cannot be read', () => {
    expect(() => formatRecipe('{"1": }', 'a.json')).toThrow(expect.objectContaining({ code: 'recipes.syntax' }));
  });
});

/** Keys, values, brackets and separators of a text, without the blanks between them. */
function tokens(text: string): string[] {
  const found: string[] = [];
  const take = (_: unknown, offset: number, length: number): void =>
    void found.push(text.slice(offset, offset + length));
  const bracket = (offset: number): void => void found.push(text.charAt(offset));
  visit(text, {
    onObjectProperty: take,
    onLiteralValue: take,
    onSeparator: take,
    onObjectBegin: (offset) => void bracket(offset),
    onArrayBegin: (offset) => void bracket(offset),
    onObjectEnd: bracket,
    onArrayEnd: bracket,
  });
  return found;
}
