import type { GridScan, Point } from './gridScan.ts';

/** How a grid is drawn: width over height, the shape of one box, and the widest it may become, in rem. */
export interface Frame {
  readonly aspect: number;
  readonly box: Point;
  readonly maxWidth: number;
  /** False when the boxes are stretched because the grid would be too thin to read. */
  readonly toScale: boolean;
}

const thinnest = 1 / 3;
const widest = 6;
const height = 30;
const widthOfAxesAndBar = 7;

/** Fits a grid into a frame that can be read: to scale, unless it is a line or nearly one. */
export function frameOf(scan: GridScan): Frame {
  const true_ = (scan.columns * scan.box.x) / (scan.rows * scan.box.y);
  const aspect = Math.min(widest, Math.max(thinnest, true_));
  const toScale = aspect === true_;
  const box = toScale ? scan.box : { x: aspect * scan.rows, y: scan.columns };
  return { aspect, box, toScale, maxWidth: Math.min(60, height * aspect) + widthOfAxesAndBar };
}

/** The positions (from 1) that an axis names: the first, and then every fifth, tenth, … so that at most ten numbers stand there. */
export function axisTicks(cells: number): readonly number[] {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => cells / each <= 10) ?? 1000;
  const all = Array.from({ length: Math.floor(cells / step) }, (_, index) => (index + 1) * step);
  return step === 1 ? all : [1, ...all];
}
