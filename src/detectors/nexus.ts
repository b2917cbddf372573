import { resolve } from 'node:path';
import { absent, unreadable } from './errors.ts';
import type { Frame, FrameSource, Geometry, Mask, Pixels } from './frame.ts';
import { loadHdf5, type Hdf5Library } from './hdf5.ts';
import { typeName, withHdf5File } from './hdf5-file.ts';
import { nexusBits, nexusGeometry, nexusMask } from './nexus-detector.ts';
import { findParts, type Part } from './nexus-parts.ts';

/**
 * Opens a NeXus file as EIGER detectors write it: a `…_master.h5` whose /entry/data links to the files that hold the
 * frames (`data_000001`, …), or one whose /entry/data/data is a virtual data set over them, or holds the frames itself.
 * The data may still be growing under SWMR. Files are open only while something is read from them.
 */
export async function openNexus(path: string): Promise<FrameSource> {
  const file = resolve(path);
  return withHdf5File(await loadHdf5(), file, (master) => {
    return new NexusSource(file, nexusGeometry(master), nexusBits(master));
  });
}

class NexusSource implements FrameSource {
  readonly geometry: Geometry | undefined;
  readonly #file: string;
  readonly #bits: number | undefined;
  #parts: readonly Part[] = [];

  constructor(file: string, geometry: Geometry | undefined, bits: number | undefined) {
    this.#file = file;
    this.geometry = geometry;
    this.#bits = bits;
  }

  async mask(): Promise<Mask | undefined> {
    return withHdf5File(await loadHdf5(), this.#file, nexusMask);
  }

  async frameCount(): Promise<number> {
    this.#parts = findParts(await loadHdf5(), this.#file);
    return this.#known();
  }

  async read(index: number): Promise<Frame> {
    const hdf5 = await loadHdf5();
    if (index >= this.#known()) this.#parts = findParts(hdf5, this.#file);
    let local = index;
    for (const part of this.#parts) {
      if (local < part.frames) return this.#readFrom(hdf5, part, local);
      local -= part.frames;
    }
    throw absent({ file: this.#file, what: `Frame ${index + 1} (there are ${this.#known()})` });
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #known(): number {
    return this.#parts.reduce((sum, part) => sum + part.frames, 0);
  }

  #readFrom(hdf5: Hdf5Library, { file, path, extent }: Part, index: number): Frame {
    const [, height = 0, width = 0] = extent.shape;
    const type = pixelTypes[typeName(extent)];
    if (!type)
      throw unreadable({ file: `${file}:${path}`, expected: 'integers of 8 to 32 bits', found: typeName(extent) });
    const pixels = new type(width * height);
    const bytes = new Uint8Array(pixels.buffer);
    const failure = withHdf5File(hdf5, file, (data) => data.read(path, [index, 0, 0], [1, height, width], bytes));
    if (failure !== undefined) {
      throw unreadable({ file: `${file}:${path}`, expected: `frame ${index + 1}`, found: failure });
    }
    const bits = Math.min(this.#bits ?? Infinity, extent.size * 8);
    return { width, height, pixels, limit: extent.signed ? Infinity : 2 ** bits - 1 };
  }
}

const pixelTypes: Readonly<Record<string, new (length: number) => Pixels>> = {
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  int16: Int16Array,
  int32: Int32Array,
};
