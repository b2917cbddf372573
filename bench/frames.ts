/**
 * How fast frames are written, read and analysed on one core: `node bench/frames.ts [frames]`. Prints, for a simulated
 * EIGER 1M and a 6M, milliseconds a frame (median and best) of each step. For CBF, name the folder of a real scan in
 * BATON_TEST_DATA.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createNexusWriter } from '../src/detectors/nexus-writer.ts';
import { openFrames } from '../src/detectors/open.ts';
import { braggSpots, ImageMaker, simulatedDetector } from '../src/rehearsal/detector-image.ts';
import { randomFrom } from '../src/rehearsal/random.ts';
import { Analyser } from '../src/services/builtin/per-image-analysis/analyser.ts';

const frames = Number(process.argv[2] ?? 24);

/** Milliseconds of each run of a step. */
async function timed(times: number[], step: () => Promise<void> | void): Promise<void> {
  const start = performance.now();
  await step();
  times.push(performance.now() - start);
}

function print(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b);
  const [best = 0, median = 0] = [sorted[0], sorted[sorted.length >> 1]];
  console.log(`${what.padEnd(34)} ${median.toFixed(1)} ms (best ${best.toFixed(1)} ms: ${(1000 / best).toFixed(0)}/s)`);
}

async function simulated(name: string, width: number, height: number, bits: 16 | 32): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  try {
    const detector = simulatedDetector(width, height);
    const images = new ImageMaker(detector, 1);
    const spots = braggSpots(detector, 80, randomFrom(1));
    const options = { folder, name: 'scan', ...detector, bits, frames, frameTime: 0.1 } as const;
    const [making, writing, reading, analysing]: [number[], number[], number[], number[]] = [[], [], [], []];
    await using writer = await createNexusWriter(options);
    await using source = await openFrames(writer.master);
    const mask = await source.mask();
    const analyser = new Analyser();
    for (let index = 0; index < frames; index++) {
      let image: Uint16Array | Uint32Array = new Uint16Array(0);
      await timed(making, () => void (image = images.image(spots)));
      if (bits === 32) image = Uint32Array.from(image);
      await timed(writing, () => writer.write(image));
      let frame = await source.read(index);
      await timed(reading, async () => void (frame = await source.read(index)));
      await timed(analysing, () => void analyser.analyse(frame, source.geometry, mask));
    }
    print(`${name}: simulate`, making);
    print(`${name}: write`, writing);
    print(`${name}: read`, reading);
    print(`${name}: find spots`, analysing);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function real(folder: string): Promise<void> {
  const [reading, analysing]: [number[], number[]] = [[], []];
  const source = await openFrames(join(folder, 'thaumatin-grid', 'thau_3_2_%04d.cbf.gz'));
  const analyser = new Analyser();
  for (let index = 0; index < (await source.frameCount()); index++) {
    let frame = await source.read(index);
    await timed(reading, async () => void (frame = await source.read(index)));
    await timed(analysing, () => void analyser.analyse(frame, source.geometry, undefined));
  }
  print('PILATUS 6M, CBF.gz: read', reading);
  print('PILATUS 6M, CBF.gz: find spots', analysing);
}

await simulated('EIGER 1M, 16 bits', 1030, 1065, 16);
await simulated('6M, 32 bits', 2463, 2527, 32);
const data = process.env['BATON_TEST_DATA'];
if (data !== undefined) await real(data);
