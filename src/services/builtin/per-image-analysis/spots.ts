import type { Pixels } from '../../../detectors/frame.ts';
import type { AnalysisParameters } from './parameters.ts';

/** Strong pixels that touch. */
export interface Spot {
  /** Centre of mass of its counts, in pixels; the centre of the first pixel is 0.5, 0.5. */
  readonly x: number;
  readonly y: number;
  readonly pixels: number;
  readonly counts: number;
}

/** Puts strong pixels (indices, ascending) that are neighbours in a row or column together; keeps those of the right size. */
export function groupSpots(
  strong: Int32Array,
  width: number,
  pixels: Pixels,
  { min_spot_size, max_spot_size }: AnalysisParameters,
): readonly Spot[] {
  const root = connect(strong, width);
  const sums = new Map<number, { pixels: number; counts: number; x: number; y: number }>();
  for (const [at, index] of strong.entries()) {
    const first = rootOf(root, at);
    const counts = pixels[index] as number;
    let spot = sums.get(first);
    if (!spot) sums.set(first, (spot = { pixels: 0, counts: 0, x: 0, y: 0 }));
    spot.pixels += 1;
    spot.counts += counts;
    spot.x += counts * ((index % width) + 0.5);
    spot.y += counts * (Math.floor(index / width) + 0.5);
  }
  return [...sums.values()]
    .filter((spot) => spot.pixels >= min_spot_size && spot.pixels <= max_spot_size)
    .map((spot) => ({ ...spot, x: spot.x / spot.counts, y: spot.y / spot.counts }));
}

/** A forest over the pixels' places in the list: each place leads to an earlier one of its group, or to itself. */
function connect(strong: Int32Array, width: number): Int32Array {
  const root = Int32Array.from(strong, (_, at) => at);
  let above = 0;
  for (let at = 0; at < strong.length; at++) {
    const index = strong[at] as number;
    if (at > 0 && strong[at - 1] === index - 1 && index % width > 0) join(root, at, at - 1);
    while ((strong[above] as number) < index - width) above += 1;
    if (strong[above] === index - width) join(root, at, above);
  }
  return root;
}

function join(root: Int32Array, one: number, other: number): void {
  const first = rootOf(root, one);
  const second = rootOf(root, other);
  root[Math.max(first, second)] = Math.min(first, second);
}

/** Halves the way as it goes, so that groups of any shape stay cheap. */
function rootOf(root: Int32Array, at: number): number {
  while (root[at] !== at) {
    root[at] = root[root[at] as number] as number;
    at = root[at] as number;
  }
  return at;
}
