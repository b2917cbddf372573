import { availableParallelism } from 'node:os';
import type { ScanFrames } from '../src/rehearsal/acquisition.ts';
import { simulateScan } from '../src/rehearsal/simulate.ts';
import { createAnalysisPool } from '../src/services/builtin/per-image-analysis/pool.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { analysisInBaton, type AnalysisInBaton } from './analysis-in-baton.ts';

/** The frames that are analysed. */
export interface Scan {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** How often the scan is analysed; before these, once to warm up. */
  readonly rounds: number;
}

/** How fast stored frames are analysed. */
export interface Analysis extends AnalysisInBaton {
  /** By the analysis alone, with a thread for each core. */
  readonly framesPerSecond: number;
}

/** Stores a scan and analyses it: by the analysis alone, and as a run of a Baton. */
export async function analysis(scan: Scan): Promise<Analysis> {
  await using folder = await temporaryFolder();
  const { width, height, frames: count, rounds } = scan;
  const raster = { steps: [count, 1], orientation: 'horizontal', snaked: false } as const;
  const { frames } = simulateScan({ ...raster, folder: folder.path, width, height, rate: 1_000, seed: 1 });
  for await (const _written of frames.write(AbortSignal.timeout(600_000)));
  return { framesPerSecond: await poolRate(frames, rounds), ...(await analysisInBaton(frames, rounds)) };
}

/** Frames per second; the best of the rounds counts. */
async function poolRate({ parameters, count }: ScanFrames, rounds: number): Promise<number> {
  const file = parameters['file'] as string;
  await using pool = createAnalysisPool({ threads: availableParallelism() });
  let seconds = Infinity;
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now();
    await Promise.all(Array.from({ length: count }, async (_, index) => pool.analyse({ file, index })));
    if (round > 0) seconds = Math.min(seconds, (performance.now() - began) / 1000);
  }
  return Number((count / seconds).toFixed(1));
}
