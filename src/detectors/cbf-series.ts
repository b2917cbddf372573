import { existsSync } from 'node:fs';
import { readCbf } from './cbf.ts';
import { absent } from './errors.ts';
import type { Frame, FrameSource, Geometry, Mask } from './frame.ts';

/** The name of a file by the index of its frame (from 0); undefined past the end of the series. */
type Naming = (index: number) => string | undefined;

/**
 * Opens CBF files, one frame each: a list of them, or a pattern such as `scan_%05d.cbf.gz`, numbered from 1. They may
 * still be appearing; the first must be there, as it tells the geometry. Pixels below 0 have no measurement.
 */
export async function openCbfSeries(files: string | readonly string[]): Promise<FrameSource> {
  const naming: Naming = typeof files === 'string' ? named(files) : (index) => files[index];
  const { geometry } = await readCbf(naming(0) ?? String(files));
  return new CbfSeries(naming, geometry);
}

class CbfSeries implements FrameSource {
  readonly geometry: Geometry | undefined;
  readonly #naming: Naming;
  #count = 0;

  constructor(naming: Naming, geometry: Geometry | undefined) {
    this.#naming = naming;
    this.geometry = geometry;
  }

  async mask(): Promise<Mask | undefined> {
    return undefined;
  }

  async frameCount(): Promise<number> {
    while (existsSync(this.#naming(this.#count) ?? '')) this.#count += 1;
    return this.#count;
  }

  async read(index: number): Promise<Frame> {
    const file = this.#naming(index);
    if (file === undefined) throw absent({ file: this.#naming(0) ?? '', what: `Frame ${index + 1} of this series` });
    const { frame } = await readCbf(file);
    return frame;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A file that stands for itself, or a pattern with one placeholder like %05d. */
function named(pattern: string): Naming {
  const placeholder = /%0?(\d*)d/.exec(pattern);
  if (!placeholder) return (index) => (index === 0 ? pattern : undefined);
  const before = pattern.slice(0, placeholder.index);
  const after = pattern.slice(placeholder.index + placeholder[0].length);
  const width = Number(placeholder[1]);
  return (index) => `${before}${String(index + 1).padStart(width, '0')}${after}`;
}
