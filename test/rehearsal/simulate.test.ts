import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { positionAt } from '../../src/core/raster.ts';
import { openFrames } from '../../src/detectors/open.ts';
import { simulateScan, type Simulation } from '../../src/rehearsal/simulate.ts';
import { Analyser } from '../../src/services/builtin/per-image-analysis/analyser.ts';
import { centre } from '../../src/services/builtin/xray-centring/centring.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const small = {
  width: 240,
  height: 200,
  rate: 1e6,
  folder: '',
  seed: 1,
  snaked: false,
  orientation: 'horizontal',
} as const;
const ways = (['horizontal', 'vertical'] as const).flatMap((orientation) =>
  [false, true].map((snaked) => ({ orientation, snaked })),
);

describe('a simulated grid scan', () => {
  it.each(ways)(
    'shows in its frames exactly the spots it put there, and its crystal ($orientation, snaked $snaked)',
    async (way) => {
      for (const seed of [1, 2, 3]) {
        await using folder = await temporaryFolder();
        const simulation = { ...small, ...way, seed, folder: folder.path, steps: [6, 5] as const };
        const { found, spots, truth } = await take(simulation);
        expect(found).toEqual(spots);
        const result = centre(found, { ...simulation, boxSize: [24, 24], offset: [310, 226] });
        expect(Math.abs((result.centre_x_box ?? Infinity) - truth.centre_x_box)).toBeLessThan(0.5);
        expect(Math.abs((result.centre_y_box ?? Infinity) - truth.centre_y_box)).toBeLessThan(0.5);
        expect(Math.abs((result.centre_x ?? Infinity) - truth.centre_x)).toBeLessThan(12);
      }
    },
  );

  it('has a crystal that can be placed to half a box, whatever the seed, the grid, and the way', () => {
    for (const steps of [
      [12, 8],
      [6, 4],
      [19, 1],
      [1, 8],
      [3, 3],
      [2, 1],
    ] as const) {
      for (let seed = 0; seed < 40; seed++) {
        for (const way of ways) {
          const { spots, truth } = simulateScan({ ...small, ...way, steps, seed });
          const result = centre(spots, { steps, ...way, boxSize: [24, 24], offset: [310, 226] });
          expect(Math.abs((result.centre_x_box ?? Infinity) - truth.centre_x_box)).toBeLessThan(0.5);
          expect(Math.abs((result.centre_y_box ?? Infinity) - truth.centre_y_box)).toBeLessThan(0.5);
        }
      }
    }
  });

  it('is the same for the same seed, in whatever order its positions are taken, and another for another', () => {
    const steps = [7, 5] as const;
    const inPlace = (simulation: Partial<Simulation>): string[] => {
      const plan = { ...small, steps, ...simulation };
      return simulateScan(plan)
        .spots.map((spots, index) => `${positionAt(index, plan).join(' ')}: ${spots}`)
        .sort();
    };
    const first = inPlace({});
    for (const way of ways) expect(inPlace(way)).toEqual(first);
    expect(inPlace({ seed: 2 })).not.toEqual(first);
  });

  it('says in its announcement what it takes to read and to centre it', () => {
    const { frames } = simulateScan({ ...small, folder: '/data/rehearsal', steps: [4, 3], snaked: true });
    expect(frames.count).toBe(12);
    expect(frames.parameters).toMatchObject({
      file: '/data/rehearsal/scan_master.h5',
      steps_x: 4,
      steps_y: 3,
      orientation: 'horizontal',
      snaked: true,
    });
  });

  it('stops where it is told to', async () => {
    await using folder = await temporaryFolder();
    const { frames } = simulateScan({ ...small, folder: folder.path, steps: [4, 3], rate: 0.001 });
    const stop = new AbortController();
    const writing = frames.write(stop.signal)[Symbol.asyncIterator]();
    expect((await writing.next()).value).toBe(1);
    const second = writing.next();
    stop.abort(new Error('enough'));
    await expect(second).rejects.toThrow();
    await using source = await openFrames(join(folder.path, 'scan_master.h5'));
    expect(await source.frameCount()).toBe(1);
  });
});

interface Taken {
  readonly found: readonly number[];
  readonly spots: readonly number[];
  readonly truth: ReturnType<typeof simulateScan>['truth'];
}

/** Writes a scan, reads it back and counts the spots of its frames. */
async function take(simulation: Simulation): Promise<Taken> {
  const { frames, spots, truth } = simulateScan(simulation);
  const written: number[] = [];
  for await (const count of frames.write(AbortSignal.timeout(20_000))) written.push(count);
  expect(written).toEqual(spots.map((_, index) => index + 1));
  await using source = await openFrames(join(simulation.folder, 'scan_master.h5'));
  const analyser = new Analyser();
  const mask = await source.mask();
  const found: number[] = [];
  for (const index of spots.keys()) {
    found.push(analyser.analyse(await source.read(index), source.geometry, mask).spots);
  }
  return { found, spots, truth };
}
