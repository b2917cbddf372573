import type { Cell, GridScan } from './gridScan.ts';

/** The positions with at least half the maximum: the largest group that hangs together (over edges and corners) and the rest. */
export interface HalfMaximum {
  readonly region: readonly Cell[];
  readonly islands: readonly Cell[];
}

/** Finds the region whose centre of mass X-ray centring takes. Where nothing was counted there is none. */
export function halfMaximum(scan: GridScan): HalfMaximum {
  const strong = new Map<number, Cell>();
  for (const [row, counts] of scan.counts.entries()) {
    for (const [column, spots] of counts.entries()) {
      if (scan.max > 0 && spots >= scan.max / 2) strong.set(row * scan.columns + column, { column, row });
    }
  }
  const groups: Cell[][] = [];
  while (strong.size > 0) groups.push(takeGroup(strong, scan.columns));
  const [region = [], ...rest] = groups.sort((a, b) => b.length - a.length);
  return { region, islands: rest.flat() };
}

function takeGroup(strong: Map<number, Cell>, columns: number): Cell[] {
  const group: Cell[] = [];
  const take = (key: number): void => {
    const cell = strong.get(key);
    if (cell === undefined) return;
    strong.delete(key);
    group.push(cell);
  };
  for (const first of strong.keys()) {
    take(first);
    break;
  }
  // The list grows while it is read: each new member's neighbours come into it.
  for (const { column, row } of group) {
    for (let y = row - 1; y <= row + 1; y += 1) {
      for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x += 1) take(y * columns + x);
    }
  }
  return group;
}

/** The border of a set of positions as an SVG path in boxes: each edge that has a member on one side only. */
export function outline(cells: readonly Cell[]): string {
  const members = new Set(cells.map(({ column, row }) => `${column} ${row}`));
  const has = (column: number, row: number): boolean => members.has(`${column} ${row}`);
  return cells
    .flatMap(({ column, row }) => [
      has(column, row - 1) ? '' : `M${column} ${row}h1`,
      has(column, row + 1) ? '' : `M${column} ${row + 1}h1`,
      has(column - 1, row) ? '' : `M${column} ${row}v1`,
      has(column + 1, row) ? '' : `M${column + 1} ${row}v1`,
    ])
    .join('');
}
