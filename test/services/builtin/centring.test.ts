import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { positionAt } from '../../../src/core/raster.ts';
import { centre, type Grid } from '../../../src/services/builtin/xray-centring/centring.ts';

const plain: Grid = { steps: [4, 3], orientation: 'horizontal', snaked: false, boxSize: [10, 20], offset: [100, 200] };

describe('centring', () => {
  it('finds the unweighted centre of the largest region of at least half the maximum', () => {
    const counts = [0, 9, 0, 0, 0, 0, 5, 10, 0, 0, 4, 6];
    expect(centre(counts, plain)).toEqual({
      status: 'ok',
      message: 'ok',
      steps: [4, 3],
      box_size_px: [10, 20],
      snapshot_offset: [100, 200],
      counts: [
        [0, 9, 0, 0],
        [0, 0, 5, 10],
        [0, 0, 4, 6],
      ],
      // The best box at x 3 touches 5 at x 2 (half the maximum counts), that touches 9 at its corner, and 6 below.
      centre_of_mass: [(1 + 2 + 3 + 3) / 4 + 0.5, (0 + 1 + 1 + 2) / 4 + 0.5],
      centre_x_box: 2.75,
      centre_y_box: 1.5,
      centre_x: 100 + 27.5,
      centre_y: 200 + 30,
      max_voxel: [3, 1],
      max_count: 10,
      n_voxels: 4,
      total_count: 30,
      bounding_box: [
        [1, 0],
        [4, 3],
      ],
      best_region: [
        [0, 1],
        [1, 2],
        [1, 3],
        [2, 3],
      ],
      best_image: 8,
      reflections_in_best_image: 10,
    });
  });

  it('fails in words when no image has a spot', () => {
    const found = centre(new Array<number>(12).fill(0), plain);
    expect(found).toMatchObject({ status: 'fail', message: 'No good images found' });
    expect(found.centre_x).toBeUndefined();
  });

  it('finds the same whatever way the grid was visited', () => {
    const grids = fc.record({
      columns: fc.integer({ min: 1, max: 9 }),
      rows: fc.integer({ min: 1, max: 9 }),
      snaked: fc.boolean(),
      spots: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 81, maxLength: 81 }),
    });
    fc.assert(
      fc.property(grids, ({ columns, rows, snaked, spots }) => {
        const sample = Array.from({ length: rows }, (_, row) => spots.slice(row * columns, (row + 1) * columns));
        const visited = (orientation: Grid['orientation'], isSnaked: boolean): ReturnType<typeof centre> => {
          const grid: Grid = { ...plain, steps: [columns, rows], orientation, snaked: isSnaked };
          const counts = Array.from({ length: columns * rows }, (_, index) => {
            const [x, y] = positionAt(index, grid);
            return sample[y]?.[x] ?? 0;
          });
          const { best_image: _image, max_voxel: _voxel, ...found } = centre(counts, grid);
          return found;
        };
        const expected = visited('horizontal', false);
        expect(expected.counts).toEqual(sample);
        expect(visited('horizontal', snaked)).toEqual(expected);
        expect(visited('vertical', snaked)).toEqual(expected);
      }),
    );
  });

  it('goes over every second line backwards when snaked', () => {
    const visit = (grid: Partial<Grid>): [number, number][] =>
      [0, 1, 2, 3, 4, 5].map((index) => positionAt(index, { ...plain, steps: [2, 3], ...grid }));
    expect(visit({ snaked: true })).toEqual([
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 2],
      [1, 2],
    ]);
    expect(visit({ snaked: true, orientation: 'vertical' })).toEqual([
      [0, 0],
      [0, 1],
      [0, 2],
      [1, 2],
      [1, 1],
      [1, 0],
    ]);
  });

  it('leaves missing images out', () => {
    expect(centre([null, 9, null, null, 8, null, null, null, null, null, null, null], plain)).toMatchObject({
      n_voxels: 2,
      counts: [
        [null, 9, null, null],
        [8, null, null, null],
        [null, null, null, null],
      ],
    });
  });
});
