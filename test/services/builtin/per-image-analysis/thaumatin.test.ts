import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createAnalysisPool } from '../../../../src/services/builtin/per-image-analysis/pool.ts';
import { centre } from '../../../../src/services/builtin/xray-centring/centring.ts';
import { describeWithRealData, thaumatinGrid } from '../../../fixtures/real-data.ts';

/** What an independent program (numpy and scipy, sums over whole numbers) finds in the same frames. */
const strongPixels = [
  2172, 11368, 13190, 12444, 12085, 11200, 10409, 9847, 8874, 8393, 7029, 6709, 4973, 2703, 295, 10, 20, 13, 11,
];
const spots = [290, 1290, 1386, 1324, 1249, 1170, 1085, 1087, 945, 949, 818, 810, 614, 351, 46, 0, 1, 1, 1];

describeWithRealData('a real grid scan of a thaumatin crystal', () => {
  it('has the spots that another program finds, and the crystal in the same place', async () => {
    await using pool = createAnalysisPool({ threads: 2 });
    const found = await Promise.all(
      spots.map((_, index) => {
        const file = join(thaumatinGrid, `thau_3_2_${String(index + 1).padStart(4, '0')}.cbf.gz`);
        return pool.analyse({ file, index: 0 });
      }),
    );
    expect(found.map((frame) => frame.strongPixels)).toEqual(strongPixels);
    expect(found.map((frame) => frame.spots)).toEqual(spots);
    // The scan's best frames reach the edge of the detector (1.8 Å), and those without crystal tell nothing.
    for (const { resolution } of found.slice(1, 13)) expect(resolution).toSatisfy((d: number) => d > 1.7 && d < 2.7);
    expect(found.at(-1)?.resolution).toBeNull();
    const grid = {
      steps: [19, 1],
      orientation: 'horizontal',
      snaked: false,
      boxSize: [10, 10],
      offset: [0, 0],
    } as const;
    const result = centre(
      found.map((frame) => frame.spots),
      grid,
    );
    expect(result).toMatchObject({ status: 'ok', best_image: 3, reflections_in_best_image: 1386, centre_x_box: 6.5 });
  });
});
