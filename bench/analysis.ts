import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateScan } from '../src/rehearsal/simulate.ts';
import { createAnalysisPool } from '../src/services/builtin/per-image-analysis/pool.ts';

/** Frames per second from stored frames, with a thread for each core. */
export interface Analysis {
  readonly pixels: string;
  readonly framesPerSecond: number;
}

/** Stores a scan of so many frames and analyses it, twice: the second time counts. */
export async function analysisRate(width: number, height: number, frames: number): Promise<Analysis> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const raster = { steps: [frames, 1], orientation: 'horizontal', snaked: false } as const;
    const scan = simulateScan({ ...raster, folder, width, height, rate: 1_000, seed: 1 });
    for await (const _written of scan.frames.write(AbortSignal.timeout(600_000)));
    const file = scan.frames.parameters['file'] as string;
    await using pool = createAnalysisPool({ threads: availableParallelism() });
    let seconds = 0;
    for (let pass = 0; pass < 2; pass += 1) {
      const started = performance.now();
      await Promise.all(Array.from({ length: frames }, async (_, index) => pool.analyse({ file, index })));
      seconds = (performance.now() - started) / 1000;
    }
    return {
      pixels: `${((width * height) / 1e6).toFixed(1)} M`,
      framesPerSecond: Number((frames / seconds).toFixed(1)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
