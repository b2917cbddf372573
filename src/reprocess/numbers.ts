import { badNumbers } from './errors.ts';

/** Run numbers that were asked for: ascending, apart from one another. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** Longer texts are no person's. */
const textAtMost = 10_000;
/** More digits are no run number, and no exact number either. */
const digitsAtMost = 15;

/** Reads `4,6-8`: blanks may stand anywhere between. Throws `reprocess.bad-numbers` with the position, from 1. */
export function parseNumbers(text: string): Ranges {
  const fail = (at: number, expected: string): never => {
    throw badNumbers({ text, position: at + 1, expected });
  };
  if (text.length > textAtMost) fail(textAtMost, `at most ${String(textAtMost)} characters`);
  let at = 0;
  const skip = (): void => {
    while (text[at] === ' ' || text[at] === '\t') at += 1;
  };
  const number = (): number => {
    const [digits = ''] = /^[0-9]*/.exec(text.slice(at)) ?? [];
    if (digits === '') return fail(at, 'a run number');
    if (digits.length > digitsAtMost) return fail(at, `a number of at most ${String(digitsAtMost)} digits`);
    at += digits.length;
    skip();
    return Number(digits);
  };
  const ranges: (readonly [number, number])[] = [];
  for (;;) {
    skip();
    const start = at;
    const first = number();
    let last = first;
    if (text[at] === '-') {
      at += 1;
      skip();
      last = number();
      if (last < first) return fail(start, `the smaller number first, ${String(last)}-${String(first)}`);
    }
    ranges.push([first, last]);
    if (at === text.length) return joined(ranges);
    if (text[at] !== ',') return fail(at, 'a comma, a - or the end');
    at += 1;
  }
}

export function isWithin(ranges: Ranges, number: number): boolean {
  return ranges.some(([first, last]) => first <= number && number <= last);
}

/** The ranges as people write them. */
export function printNumbers(ranges: Ranges): string {
  return ranges.map(([first, last]) => (first === last ? String(first) : `${String(first)}-${String(last)}`)).join(',');
}

/** What of the ranges is not among the numbers: found by going through the numbers, however wide the ranges are. */
export function without(ranges: Ranges, numbers: Iterable<number>): Ranges {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  return ranges.flatMap(([first, last]) => {
    const left: (readonly [number, number])[] = [];
    let next = first;
    for (const number of sorted) {
      if (number < next || number > last) continue;
      if (number > next) left.push([next, number - 1]);
      next = number + 1;
    }
    return next <= last ? [...left, [next, last] as const] : left;
  });
}

/** A run number as a number; undefined where an announcement had something else in its place. */
export function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}

function joined(ranges: readonly (readonly [number, number])[]): Ranges {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const all: [number, number][] = [];
  for (const [first, last] of sorted) {
    const before = all.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else all.push([first, last]);
  }
  return all;
}
