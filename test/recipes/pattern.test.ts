import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern, type Pattern } from '../../src/recipes/pattern.ts';

function compiled(source: string): Pattern {
  return compilePattern(source, (reason) => {
    throw new RangeError(reason);
  });
}

/** Patterns of all that is understood, small enough for JavaScript's own engine. */
const anyPattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string; part: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('part'),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), tie('pattern')).map((parts) => parts.join('|')),
    fc
      .tuple(tie('pattern'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,2}', '{1,}', '{0}'), fc.boolean())
      .map(([part, times, isCaptured]) => `${isCaptured ? '(' : '(?:'}${part})${times}`),
  ),
  part: fc.constantFrom(
    'a',
    'b',
    '.',
    '\\d',
    '\\W',
    '[ab]',
    '[^a\\]]',
    '\\.',
    '\\u0061',
    '\\u{1F600}',
    '\\x62',
    '\\p{Lu}',
    '^',
    '$',
    '',
    'ä',
  ),
})).pattern;

describe('compilePattern', () => {
  it("finds what JavaScript's own engine finds", () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '.', ']', '\n', '😀', 'Ä', 'ä'), maxLength: 6 });
    fc.assert(
      fc.property(anyPattern, text, (pattern, given) => {
        expect(compiled(pattern).test(given)).toBe(new RegExp(pattern, 'u').test(given));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(['^(a+)+$', '^(a|a)*$', '^(?:a*)*$', '^a*a*a*a*a*a*a*a*$', '^(?:(?:a?){50}){10}b'])(
    'decides %s at once, which others never finish',
    (pattern) => {
      expect(compiled(pattern).test(`${'a'.repeat(5000)}!`)).toBe(false);
    },
  );

  it.each([
    ['(', 'is no regular expression'],
    ['a{2,1}', 'is no regular expression'],
    ['(?=a)', 'uses what patterns here cannot do'],
    ['(?<!a)b', 'uses what patterns here cannot do'],
    ['(?<name>a)', 'uses what patterns here cannot do'],
    ['(a)\\1', 'uses what patterns here cannot do'],
    ['\\bword', 'uses what patterns here cannot do'],
    ['(?:a{100}){100}', 'repeats too much'],
    ['a{999999999}', 'repeats too much'],
    ['a'.repeat(1000), 'at most 200 characters'],
  ])('refuses %.20s', (pattern, reason) => {
    expect(() => compiled(pattern)).toThrow(reason);
  });

  it('matches no text that is longer than any name', () => {
    expect(compiled('a').test('a'.repeat(20_000))).toBe(false);
  });
});
