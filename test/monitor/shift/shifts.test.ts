import { expect, it } from 'vitest';
import { shiftsUntil, type Shift } from '../../../src/monitor/shift/shifts.ts';

const london = { starts: ['08:00', '16:00', '00:00'], timeZone: 'Europe/London' };
const words = ({ from, to }: Shift): string => `${new Date(from).toISOString()} ${String((to - from) / 3_600_000)} h`;

it('shifts are those of the site’s clocks, the present first, each as long as it was', () => {
  const now = Date.parse('2026-07-04T21:30:00Z');
  expect(shiftsUntil(now, london, 4).map(words)).toEqual([
    '2026-07-04T15:00:00.000Z 8 h',
    '2026-07-04T07:00:00.000Z 8 h',
    '2026-07-03T23:00:00.000Z 8 h',
    '2026-07-03T15:00:00.000Z 8 h',
  ]);
});

it.each([
  ['2026-10-25T12:00:00Z', '2026-10-24T23:00:00.000Z 9 h'],
  ['2026-03-29T12:00:00Z', '2026-03-29T00:00:00.000Z 7 h'],
])('the night in which the clocks change (%s) has its own length', (now, night) => {
  expect(shiftsUntil(Date.parse(now), london, 3).map(words)).toContain(night);
});

it('a shift begins at its first instant, and one a day is as good as many', () => {
  const begin = Date.parse('2026-11-21T08:00:00Z');
  expect(shiftsUntil(begin, london, 1).map(words)).toEqual(['2026-11-21T08:00:00.000Z 8 h']);
  expect(shiftsUntil(begin - 1, london, 1).map(words)).toEqual(['2026-11-21T00:00:00.000Z 8 h']);
  const daily = { starts: ['06:30'], timeZone: 'Asia/Kolkata' };
  expect(shiftsUntil(begin, daily, 2).map(words)).toEqual([
    '2026-11-21T01:00:00.000Z 24 h',
    '2026-11-20T01:00:00.000Z 24 h',
  ]);
});
