import type { PhaseLoad } from '../../../src/monitor/api.ts';

/** What a delivery goes through, from above as it is drawn. */
export const phases = [
  { name: 'waiting', word: 'waited', meaning: 'in the broker, or put off' },
  { name: 'held', word: 'was held', meaning: 'by the service, until it could begin' },
  { name: 'running', word: 'ran', meaning: 'worked on' },
] as const;

export type Phase = (typeof phases)[number]['name'];

/** The areas of a step, one upon the other, in a picture of so many units by one. */
export interface Areas {
  readonly slices: number;
  /** Messages at the same time where the areas are highest. */
  readonly most: number;
  readonly paths: readonly { readonly phase: Phase; readonly path: string }[];
}

/** What ran lies lowest, what waited highest. */
export function areas(load: PhaseLoad): Areas {
  const slices = load.running.length;
  const upwards = phases.toReversed().map(({ name }) => name);
  const tops = upwards.map((_, index) =>
    Array.from({ length: slices }, (__, slice) =>
      upwards.slice(0, index + 1).reduce((sum, phase) => sum + (load[phase][slice] ?? 0), 0),
    ),
  );
  const most = Math.max(0, ...(tops.at(-1) ?? []));
  const paths = upwards.map((phase, index) => ({
    phase,
    path: band(tops[index - 1] ?? Array.from({ length: slices }, () => 0), tops[index] ?? [], most),
  }));
  return { slices, most, paths };
}

/** The outline between two heights, slice by slice; slices without height are left out. */
function band(below: readonly number[], above: readonly number[], most: number): string {
  const y = (height: number): string => (1 - height / most).toFixed(4);
  return above
    .map((top, slice) => {
      const bottom = below[slice] ?? 0;
      return top - bottom <= 0 ? '' : `M${slice} ${y(bottom)}V${y(top)}h1V${y(bottom)}Z`;
    })
    .join('');
}

/** A time on the axis, in milliseconds from its beginning, and its place from 0 to 1. */
export interface Tick {
  readonly at: number;
  readonly time: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const distances = [
  ...[1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map((each) => each * second),
  ...[1, 2, 5, 10, 15, 30].map((each) => each * minute),
  ...[1, 2, 3, 6, 12].map((each) => each * hour),
];
const ticksAtMost = 4;

/** Round times on an axis of so many milliseconds, few enough for a narrow screen. */
export function ticks(length: number): readonly Tick[] {
  const wanted = length / ticksAtMost;
  const distance = distances.find((each) => each >= wanted) ?? Math.ceil(wanted / day) * day;
  const number = Math.floor(length / distance);
  return Array.from({ length: number + 1 }, (_, index) => ({
    at: length === 0 ? 0 : (index * distance) / length,
    time: index * distance,
  }));
}
