import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { badNumbers } from '../../src/reprocess/errors.ts';
import { isWithin, numberOf, parseNumbers, printNumbers, without } from '../../src/reprocess/numbers.ts';

describe('run numbers as people write them', () => {
  it.each([
    ['4,6-8', '4,6-8'],
    [' 4 , 6 - 8 ', '4,6-8'],
    ['8,7,6', '6-8'],
    ['1-3,2-9,9', '1-9'],
    ['0', '0'],
    ['007', '7'],
    ['1-1000000000000', '1-1000000000000'],
  ])('%j means %s', (text, meaning) => {
    expect(printNumbers(parseNumbers(text))).toBe(meaning);
  });

  it.each([
    ['', 1, 'a run number'],
    ['   ', 4, 'a run number'],
    ['4,', 3, 'a run number'],
    [',4', 1, 'a run number'],
    ['4,,6', 3, 'a run number'],
    ['4-', 3, 'a run number'],
    ['-4', 1, 'a run number'],
    ['4--6', 3, 'a run number'],
    ['8-6', 1, 'the smaller number first, 6-8'],
    ['4;6', 2, 'a comma, a - or the end'],
    ['4 6', 3, 'a comma, a - or the end'],
    ['4-6-8', 4, 'a comma, a - or the end'],
    ['4, six', 4, 'a run number'],
    ['٤', 1, 'a run number'],
    ['4\n6', 2, 'a comma, a - or the end'],
    ['1e3', 2, 'a comma, a - or the end'],
    ['0x10', 2, 'a comma, a - or the end'],
    ['4–6', 2, 'a comma, a - or the end'],
    ["4'; DROP TABLE runs; --", 2, 'a comma, a - or the end'],
    ['1234567890123456', 1, 'a number of at most 15 digits'],
    ['1,'.repeat(6_000), 10_001, 'at most 10000 characters'],
  ])('%j is refused at its place', (text, position, expected) => {
    const refusal = catching(() => parseNumbers(text));
    expect(badNumbers.is(refusal)).toBe(true);
    expect(refusal).toMatchObject({ fields: { position, expected } });
  });

  it('say of every number what the text says', () => {
    const range = fc.tuple(fc.nat(60), fc.nat(20)).map(([first, more]) => [first, first + more] as const);
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), fc.uniqueArray(fc.nat(90)), (ranges, there) => {
        const parsed = parseNumbers(printNumbers(ranges));
        const missing = without(parsed, there);
        for (let number = 0; number <= 100; number += 1) {
          const asked = ranges.some(([first, last]) => first <= number && number <= last);
          expect(isWithin(parsed, number)).toBe(asked);
          expect(isWithin(missing, number)).toBe(asked && !there.includes(number));
        }
      }),
    );
  });

  it('are only those that are numbers', () => {
    expect(['4', '0004', 'four', '4a', '', '1'.repeat(16), undefined].map(numberOf)).toEqual([
      4,
      4,
      ...Array.from({ length: 5 }, () => undefined),
    ]);
  });
});

function catching(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
