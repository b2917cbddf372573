import { isList, isObject, type Json, type JsonObject } from '../server/types.ts';

/** A position in a grid: column and row, from 0. */
export interface Cell {
  readonly column: number;
  readonly row: number;
}

/** A place in a grid in boxes: the upper left corner is (0, 0), the centre of the first box (0.5, 0.5). */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The result of X-ray centring, as far as the picture needs it. */
export interface GridScan {
  /** Spots per position; rows from the top, every row as long as the first. */
  readonly counts: readonly (readonly number[])[];
  readonly columns: number;
  readonly rows: number;
  readonly max: number;
  /** Width and height of a box in pixels of the sample camera; squares when the result does not say. */
  readonly box: Point;
  readonly centre?: Point;
  readonly best?: Cell;
  /** What the service says of its result: `ok`, or why there is none. */
  readonly message?: string;
  /** The centre in pixels of the sample camera. */
  readonly centrePixels?: Point;
  /** The number of the image with the most spots, from 1. */
  readonly bestImage?: number;
}

/** A grid scan in a result, either the result itself or something directly inside it; undefined when there is none with counts. */
export function findGridScan(result: Json): GridScan | undefined {
  const inside = isList(result) ? result : isObject(result) ? Object.values(result) : [];
  for (const candidate of [result, ...inside]) {
    const scan = isObject(candidate) ? gridScanOf(candidate) : undefined;
    if (scan !== undefined) return scan;
  }
  return undefined;
}

function gridScanOf(result: JsonObject): GridScan | undefined {
  const counts = countsOf(result['counts']);
  if (counts === undefined) return undefined;
  const centre = point(result['centre_x_box'], result['centre_y_box']);
  const centrePixels = point(result['centre_x'], result['centre_y']);
  const message = result['message'];
  const best = pair(result['max_voxel']);
  const bestImage = result['best_image'];
  return {
    counts,
    columns: counts[0]?.length ?? 0,
    rows: counts.length,
    max: Math.max(...counts.flat()),
    box: pair(result['box_size_px']) ?? { x: 1, y: 1 },
    ...(centre === undefined ? {} : { centre }),
    ...(centrePixels === undefined ? {} : { centrePixels }),
    ...(typeof message === 'string' ? { message } : {}),
    ...(best === undefined ? {} : { best: { column: best.x, row: best.y } }),
    ...(typeof bestImage === 'number' ? { bestImage } : {}),
  };
}

function countsOf(value: Json | undefined): readonly (readonly number[])[] | undefined {
  if (!isList(value)) return undefined;
  const width = isList(value[0]) ? value[0].length : 0;
  const isRow = (row: Json): row is readonly number[] =>
    isList(row) && row.length === width && row.every((each) => typeof each === 'number');
  return width > 0 && value.every(isRow) ? value : undefined;
}

function pair(value: Json | undefined): Point | undefined {
  return isList(value) ? point(value[0], value[1]) : undefined;
}

function point(x: Json | undefined, y: Json | undefined): Point | undefined {
  return typeof x === 'number' && typeof y === 'number' ? { x, y } : undefined;
}
