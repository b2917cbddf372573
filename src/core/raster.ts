/** A raster of positions and the order in which they are visited. */
export interface Raster {
  /** Positions in x and in y. */
  readonly steps: readonly [x: number, y: number];
  /** `horizontal` goes row by row, `vertical` column by column. */
  readonly orientation: 'horizontal' | 'vertical';
  /** True when every second row (or column) is visited backwards. */
  readonly snaked: boolean;
}

/** Column and row of the position that is visited index-th (from 0). */
export function positionAt(index: number, { steps, orientation, snaked }: Raster): [x: number, y: number] {
  const length = orientation === 'horizontal' ? steps[0] : steps[1];
  const line = Math.floor(index / length);
  const along = snaked && line % 2 === 1 ? length - 1 - (index % length) : index % length;
  return orientation === 'horizontal' ? [along, line] : [line, along];
}
