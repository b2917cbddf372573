import type { Json } from '../core/json.ts';
import { positionAt, type Raster } from '../core/raster.ts';
import { systemClock } from '../core/clock.ts';
import { createNexusWriter } from '../detectors/nexus-writer.ts';
import type { ScanFrames } from './acquisition.ts';
import { coverage, randomCrystal } from './crystal.ts';
import { braggSpots, ImageMaker, simulatedDetector } from './detector-image.ts';
import { randomFrom } from './random.ts';

/** A grid scan to be simulated. */
export interface Simulation extends Raster {
  readonly folder: string;
  /** Pixels of a frame. */
  readonly width: number;
  readonly height: number;
  /** Frames per second. */
  readonly rate: number;
  /** Chooses the crystal, the background and the noise. */
  readonly seed: number;
}

/** Where the crystal really is, under the names of the result. */
export interface Truth {
  readonly centre_x_box: number;
  readonly centre_y_box: number;
  readonly centre_x: number;
  readonly centre_y: number;
}

/** The frames of a simulated scan, and what is to be found in them. */
export interface SimulatedScan {
  readonly frames: ScanFrames;
  readonly truth: Truth;
  /** Spots put into each frame, in the order taken. */
  readonly spots: readonly number[];
}

/** Spots in a frame when the crystal fills the beam. */
const mostSpots = 80;
/** The size of a box on the snapshot and where the grid begins there, in its pixels. */
const box = [24, 24] as const;
const corner = [310, 226] as const;

/** Plans a grid scan of a crystal at a place that the seed chooses; `frames.write` writes it as a NeXus file under SWMR. */
export function simulateScan(simulation: Simulation): SimulatedScan {
  const { steps, width, height, rate, seed, folder, orientation, snaked } = simulation;
  const count = steps[0] * steps[1];
  const random = randomFrom(seed);
  const crystal = randomCrystal(steps[0], steps[1], random);
  const detector = simulatedDetector(width, height);
  const allSpots = braggSpots(detector, mostSpots, random);
  const spots = Array.from({ length: count }, (_, index) => {
    const [x, y] = positionAt(index, simulation);
    return Math.round(allSpots.length * coverage(crystal, x, y));
  });
  const name = 'scan';
  const parameters: Record<string, Json> = {
    file: `${folder}/${name}_master.h5`,
    steps_x: steps[0],
    steps_y: steps[1],
    orientation,
    snaked,
    box_size_px: box,
    snapshot_offset: corner,
  };
  const [x, y] = crystal.centre;
  return {
    spots,
    truth: { centre_x_box: x, centre_y_box: y, centre_x: corner[0] + x * box[0], centre_y: corner[1] + y * box[1] },
    frames: { count, parameters, write },
  };

  async function* write(signal: AbortSignal): AsyncGenerator<number> {
    const images = new ImageMaker(detector, seed + 1);
    const content = { ...detector, bits: 16, frames: count, frameTime: 1 / rate } as const;
    await using writer = await createNexusWriter({ folder, name, ...content });
    const began = systemClock.now();
    for (const [index, inFrame] of spots.entries()) {
      await systemClock.sleep(Math.max(0, began + (index * 1000) / rate - systemClock.now()), signal);
      await writer.write(images.image(allSpots.slice(0, inFrame)));
      yield index + 1;
    }
  }
}
