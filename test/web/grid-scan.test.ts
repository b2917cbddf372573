import { describe, expect, it } from 'vitest';
import { colourOf } from '../../web/src/results/colours.ts';
import { findGridScan, type GridScan } from '../../web/src/results/gridScan.ts';
import { halfMaximum, outline } from '../../web/src/results/region.ts';
import { axisTicks, frameOf } from '../../web/src/results/scale.ts';
import { gridScanResult } from './fixture/grid-scan.ts';

const scanOf = (counts: readonly (readonly number[])[], box: readonly [number, number] = [1, 1]): GridScan => {
  const scan = findGridScan({ counts, box_size_px: box });
  if (scan === undefined) throw new Error('These counts are no grid scan.');
  return scan;
};

describe('a grid scan in a result', () => {
  it('is found in the result or directly inside it', () => {
    const result = gridScanResult(14, 11, { x: 5, y: 5, long: 4, short: 2, turned: 0 }, 1);
    expect(findGridScan(result)).toMatchObject({ columns: 14, rows: 11, message: 'ok' });
    expect(findGridScan({ program: 'centring', result })).toMatchObject({ columns: 14 });
    expect(findGridScan([result])).toMatchObject({ columns: 14 });
  });

  it.for([
    [null],
    ['ok'],
    [{}],
    [{ counts: [] }],
    [{ counts: [[]] }],
    [{ counts: [[1, 2], [3]] }],
    [{ counts: [[1, 'x']] }],
  ])('is not seen in %j', ([result = null]) => {
    expect(findGridScan(result)).toBeUndefined();
  });

  it('has its region of half the maximum where the largest group is, over corners too', () => {
    const { region, islands } = halfMaximum(
      scanOf([
        [9, 0, 0, 5],
        [0, 0, 6, 0],
        [0, 8, 0, 0],
        [4, 0, 0, 0],
      ]),
    );
    expect(region.map(({ column, row }) => [column, row]).sort()).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
    ]);
    expect(islands).toEqual([{ column: 0, row: 0 }]);
    expect(halfMaximum(scanOf([[0, 0]]))).toEqual({ region: [], islands: [] });
  });

  it('is bordered only where a member has no neighbour', () => {
    const edges = outline([
      { column: 0, row: 0 },
      { column: 1, row: 0 },
    ]).match(/M/g);
    expect(edges).toHaveLength(6);
  });

  it('is drawn to scale unless it would be too thin to read', () => {
    expect(frameOf(scanOf([[1, 2]], [20, 10]))).toMatchObject({ aspect: 4, toScale: true });
    const thin = frameOf(scanOf([Array.from({ length: 100 }, () => 1), Array.from({ length: 100 }, () => 1)]));
    expect(thin).toMatchObject({ aspect: 6, toScale: false });
    expect((thin.box.x * 100) / (thin.box.y * 2)).toBeCloseTo(6);
  });

  it('names some positions on its axes, the first always', () => {
    expect(axisTicks(4)).toEqual([1, 2, 3, 4]);
    expect(axisTicks(14)).toEqual([1, 2, 4, 6, 8, 10, 12, 14]);
    expect(axisTicks(400)).toEqual([1, 50, 100, 150, 200, 250, 300, 350, 400]);
  });

  it('goes from dark to bright', () => {
    const brightness = [0, 0.25, 0.5, 0.75, 1].map((part) => colourOf(part).reduce((sum, value) => sum + value, 0));
    expect(brightness).toEqual(brightness.toSorted((a, b) => a - b));
    expect(colourOf(-1)).toEqual(colourOf(0));
    expect(colourOf(2)).toEqual(colourOf(1));
  });
});
