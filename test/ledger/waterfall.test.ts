import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { waterfallOf, type TimedRow } from '../../src/ledger/waterfall.ts';
import type { Waterfall } from '../../src/ledger/views.ts';
import { noon } from './records.ts';

/** A delivery with times in ms from noon: sent, received, started, finished. */
function delivery(
  [sent, received, started, finished]: readonly [number, number, number, number],
  changes: Partial<TimedRow> = {},
): TimedRow {
  const key = changes.key ?? `k${String(sent)}`;
  return {
    ...{ id: `${key}.1.0`, key, step: 1, service: 'centring', attempt: 1, outcome: 'done' },
    ...{ sent: noon + sent, received: noon + received, started: noon + started, finished: noon + finished },
    ...changes,
  };
}

const of = (rows: readonly TimedRow[], step?: number): Waterfall =>
  waterfallOf(rows, { run: 'r', announced: noon, of: rows.length, step });

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the waterfall of a run', () => {
  it('of one delivery shows when it waited, was held, and ran', () => {
    const { from, to, slices, steps, longest } = of([delivery([0, 60, 90, 120])]);
    expect([from, to, slices]).toEqual([noon, noon + 120, 120]);
    expect(steps).toMatchObject([
      {
        ...{ step: 1, service: 'centring', deliveries: 1 },
        ...{ waiting: { p50: 60, max: 60 }, held: { p50: 30, max: 30 }, running: { p50: 30, max: 30 } },
      },
    ]);
    const [step] = steps;
    expect(step?.load.waiting).toEqual(Array.from({ length: 120 }, (_, n) => (n < 60 ? 1 : 0)));
    expect(step?.load.held).toEqual(Array.from({ length: 120 }, (_, n) => (n >= 60 && n < 90 ? 1 : 0)));
    expect(step?.load.running).toEqual(Array.from({ length: 120 }, (_, n) => (n >= 90 ? 1 : 0)));
    expect(longest).toMatchObject([{ since: noon, received: noon + 60, started: noon + 90, finished: noon + 120 }]);
  });

  it('begins with the announcement, and has half and longest by step', () => {
    const rows = [10, 20, 300].map((long, n) => delivery([100, 110, 110, 110 + long], { key: `k${String(n)}` }));
    const { from, steps } = of([...rows, delivery([50, 60, 70, 75], { step: 0, service: 'watch' })]);
    expect(from).toBe(noon);
    expect(steps.map(({ step, running }) => [step, running])).toEqual([
      [0, { p50: 5, max: 5 }],
      [1, { p50: 20, max: 300 }],
    ]);
  });

  it('lets a message that is tried again wait from the end of the attempt before', () => {
    const first = delivery([0, 10, 10, 40], { key: 'k', outcome: 'retry' });
    const second = delivery([0, 100, 100, 130], { key: 'k', attempt: 2 });
    const { steps, longest } = of([first, second]);
    expect(longest.map(({ since, attempt }) => [since - noon, attempt])).toEqual([
      [0, 1],
      [40, 2],
    ]);
    expect(steps[0]?.waiting).toEqual({ p50: 10, max: 60 });
    expect(Math.max(...(steps[0]?.load.waiting ?? []), ...(steps[0]?.load.running ?? []))).toBe(1);
  });

  it('never goes backwards where the clocks of hosts differ', () => {
    const { steps, longest } = of([delivery([100, 40, 35, 120])]);
    expect(steps[0]).toMatchObject({ waiting: { max: 0 }, held: { max: 0 }, running: { max: 20 } });
    expect(longest[0]).toMatchObject({ since: noon + 100, received: noon + 100, started: noon + 100 });
  });

  it('tells of the longest of very many, of one step where that is asked for', () => {
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      delivery([n, n + 1, n + 2, n + 3 + (n % 97)], { key: String(n), step: n % 2 }),
    );
    const all = of(rows);
    expect(all.longest).toHaveLength(60);
    expect(Math.min(...all.longest.map(({ since, finished }) => finished - since))).toBe(3 + 96);
    expect(new Set(of(rows, 1).longest.map(({ step }) => step))).toEqual(new Set([1]));
    expect(of(rows, 1).steps).toHaveLength(2);
    const begun = all.longest.map(({ since }) => since);
    expect(begun).toEqual(begun.toSorted((a, b) => a - b));
  });

  it('of a run to which nothing was delivered is empty', () => {
    expect(of([])).toMatchObject({ from: noon, to: noon, steps: [], longest: [] });
  });

  it('has all the time of all deliveries in its slices, whatever they are', () => {
    const length = fc.integer({ min: 0, max: 100_000 });
    const rows = fc.array(fc.tuple(length, length, length, length), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(rows, (lengths) => {
        const made = lengths.map(([sent, waited, held, ran], n) =>
          delivery([sent, sent + waited, sent + waited + held, sent + waited + held + ran], { key: String(n) }),
        );
        const { from, to, slices, steps } = of(made);
        const slice = Math.max(1, to - from) / slices;
        const { waiting = [], held = [], running = [] } = steps[0]?.load ?? {};
        const told = [sum(waiting), sum(held), sum(running)].map((load) => load * slice);
        const meant = [1, 2, 3].map((phase) => sum(lengths.map((each) => each[phase as 1 | 2 | 3])));
        // Each slice is rounded to a thousandth of a message.
        for (const [index, time] of meant.entries())
          expect(Math.abs((told[index] ?? 0) - time)).toBeLessThanOrEqual(slices * slice * 0.0006);
      }),
    );
  });
});
