import type { Frame, Geometry, Mask } from '../../../detectors/frame.ts';
import { defaultParameters, type AnalysisParameters } from './parameters.ts';
import { estimateResolution, maskResolution } from './resolution.ts';
import { groupSpots, type Spot } from './spots.ts';
import { StrongPixelFinder } from './strong-pixels.ts';

/** What one frame shows. */
export interface Analysis {
  readonly spots: number;
  /** In spots of any size. */
  readonly strongPixels: number;
  /** How far the spots reach, Å; null when there are too few, or the geometry is not known. */
  readonly resolution: number | null;
}

/** Analyses frames one after the other; keeps the memory and the mask for the next frame of the same form. */
export class Analyser {
  readonly #finder = new StrongPixelFinder();
  #range: { readonly key: string; readonly from: Mask | undefined; readonly mask: Mask } | undefined;

  analyse(
    frame: Frame,
    geometry: Geometry | undefined,
    mask: Mask | undefined,
    parameters: Partial<AnalysisParameters> = {},
  ): Analysis {
    const { spots, strongPixels } = this.spots(frame, geometry, mask, { ...defaultParameters, ...parameters });
    const resolution = geometry ? estimateResolution(spots, geometry) : null;
    return { spots: spots.length, strongPixels, resolution };
  }

  /** The spots themselves. */
  spots(
    frame: Frame,
    geometry: Geometry | undefined,
    mask: Mask | undefined,
    parameters: AnalysisParameters,
  ): { readonly spots: readonly Spot[]; readonly strongPixels: number } {
    const strong = this.#finder.find(frame, this.#inRange(frame, geometry, mask, parameters), parameters);
    return { spots: groupSpots(strong, frame.width, frame.pixels, parameters), strongPixels: strong.length };
  }

  #inRange(
    { width, height }: Frame,
    geometry: Geometry | undefined,
    mask: Mask | undefined,
    range: AnalysisParameters,
  ): Mask | undefined {
    if (!geometry || (range.d_min === undefined && range.d_max === undefined)) return mask;
    const key = JSON.stringify([width, height, geometry, range.d_min, range.d_max]);
    if (this.#range?.key !== key || this.#range.from !== mask) {
      this.#range = { key, from: mask, mask: maskResolution(width, height, mask, geometry, range) };
    }
    return this.#range.mask;
  }
}
