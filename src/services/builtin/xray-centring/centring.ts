import { positionAt, type Raster } from '../../../core/raster.ts';

/** A grid scan, in the order its images were taken, and how its boxes lie on the snapshot of the sample. */
export interface Grid extends Raster {
  /** The size of a box in pixels of the snapshot. */
  readonly boxSize: readonly [x: number, y: number];
  /** The top left corner of the grid in pixels of the snapshot. */
  readonly offset: readonly [x: number, y: number];
}

/** The result of X-ray centring in two dimensions, under the names acquisition software reads. Voxels count from 0, images from 1. */
export interface CentringResult {
  readonly status: 'ok' | 'fail';
  readonly message: string;
  readonly steps: readonly [x: number, y: number];
  readonly box_size_px: readonly [x: number, y: number];
  readonly snapshot_offset: readonly [x: number, y: number];
  /** Spots per box as they lie on the sample: rows from the top, each from the left. Null where the image is missing. */
  readonly counts: readonly (readonly (number | null)[])[];
  /** In boxes from the corner of the grid, x and y; the middle of the first box is 0.5, 0.5. */
  readonly centre_of_mass?: readonly [x: number, y: number];
  readonly centre_x_box?: number;
  readonly centre_y_box?: number;
  /** In pixels of the snapshot. */
  readonly centre_x?: number;
  readonly centre_y?: number;
  readonly max_voxel?: readonly [x: number, y: number];
  readonly max_count?: number;
  /** Of the region: its boxes, the sum of their spots, and the boxes at its corners (the second one past its last). */
  readonly n_voxels?: number;
  readonly total_count?: number;
  readonly bounding_box?: readonly [from: readonly [number, number], to: readonly [number, number]];
  readonly best_region?: readonly (readonly [row: number, column: number])[];
  /** The number of the image with most spots, and how many those are. */
  readonly best_image?: number;
  readonly reflections_in_best_image?: number;
}

/**
 * Finds the crystal in a grid scan, by the method of Diamond's Zocalo services: of the boxes with at least half as many
 * spots as the best one, the largest region whose boxes touch (also at corners), and the unweighted centre of that.
 * `counts[i]` is the number of spots in image i + 1, in the order the images were taken; null where one is missing.
 */
export function centre(counts: readonly (number | null)[], grid: Grid): CentringResult {
  const { steps, boxSize, offset } = grid;
  const rows = arrange(counts, grid);
  const frame = { steps, box_size_px: boxSize, snapshot_offset: offset, counts: rows };
  const best = indexOfLargest(counts);
  const most = counts[best] ?? 0;
  if (most <= 0) return { status: 'fail', message: 'No good images found', ...frame };
  const [x, y] = positionAt(best, grid);
  const region = largestRegion(rows, most / 2);
  const xs = region.map(([, column]) => column);
  const ys = region.map(([row]) => row);
  const inBoxes = [mean(xs) + 0.5, mean(ys) + 0.5] as const;
  return {
    status: 'ok',
    message: 'ok',
    ...frame,
    centre_of_mass: inBoxes,
    centre_x_box: inBoxes[0],
    centre_y_box: inBoxes[1],
    centre_x: offset[0] + inBoxes[0] * boxSize[0],
    centre_y: offset[1] + inBoxes[1] * boxSize[1],
    max_voxel: [x, y],
    max_count: most,
    n_voxels: region.length,
    total_count: region.reduce((sum, [row, column]) => sum + (rows[row]?.[column] ?? 0), 0),
    bounding_box: [
      [Math.min(...xs), Math.min(...ys)],
      [Math.max(...xs) + 1, Math.max(...ys) + 1],
    ],
    best_region: region,
    best_image: best + 1,
    reflections_in_best_image: most,
  };
}

function arrange(counts: readonly (number | null)[], grid: Grid): (number | null)[][] {
  const [columns, rows] = grid.steps;
  const arranged = Array.from({ length: rows }, () => new Array<number | null>(columns).fill(null));
  for (const [index, count] of counts.entries()) {
    const [x, y] = positionAt(index, grid);
    const row = arranged[y];
    if (row && x < columns) row[x] = count;
  }
  return arranged;
}

/** The region of most boxes with at least the threshold; of two as large the one met first, row by row. Its boxes row by row. */
function largestRegion(
  rows: readonly (readonly (number | null)[])[],
  threshold: number,
): [row: number, column: number][] {
  const seen = rows.map((row) => row.map((count) => count === null || count < threshold));
  let largest: [number, number][] = [];
  for (const [row, columns] of rows.entries()) {
    for (const column of columns.keys()) {
      if (seen[row]?.[column] !== false) continue;
      const region = flood(seen, row, column);
      if (region.length > largest.length) largest = region;
    }
  }
  return largest.sort(([rowA, columnA], [rowB, columnB]) => rowA - rowB || columnA - columnB);
}

/** All boxes that touch this one, directly or through others; marks them as seen. */
function flood(seen: boolean[][], row: number, column: number): [row: number, column: number][] {
  const region: [number, number][] = [];
  const open: [number, number][] = [[row, column]];
  for (let box = open.pop(); box; box = open.pop()) {
    const [y, x] = box;
    const line = seen[y];
    if (line?.[x] !== false) continue;
    line[x] = true;
    region.push(box);
    for (const dy of [-1, 0, 1]) for (const dx of [-1, 0, 1]) open.push([y + dy, x + dx]);
  }
  return region;
}

function indexOfLargest(counts: readonly (number | null)[]): number {
  return counts.reduce<number>((best, count, index) => ((count ?? 0) > (counts[best] ?? 0) ? index : best), 0);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
