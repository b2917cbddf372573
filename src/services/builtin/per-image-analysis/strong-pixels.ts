import type { Frame, Mask } from '../../../detectors/frame.ts';
import { PaddedFrame } from './padded-frame.ts';
import type { AnalysisParameters } from './parameters.ts';

/**
 * Finds strong pixels by the dispersion method of DIALS (Winter et al., Acta Cryst. D74 (2018) 85–97). Over the valid
 * pixels of the window around a pixel, with their count m, sum x and sum of squares y, a pixel of value p is strong when
 *
 *     m·y − x² − x(m−1) > σb·x·√(2(m−1))   and   m·p − x > σs·√(m·x)
 *
 * Count and sum slide over the frame: a pixel is added and taken away once in each direction. The sum of squares is made
 * only where the second condition holds, afresh: it could not slide, as the squares of large counts are not exact in a
 * double, and what was not taken away of one would stay in all that follow.
 */
export class StrongPixelFinder {
  #padded: PaddedFrame | undefined;
  #found = new Int32Array(4096);

  /** The indices (row by row) of the strong pixels, ascending; valid until the next call. */
  find(frame: Frame, mask: Mask | undefined, parameters: AnalysisParameters): Int32Array {
    const half = parameters.window >> 1;
    if (!this.#padded?.fits(frame, half)) this.#padded = new PaddedFrame(frame.width, frame.height, half);
    this.#padded.fill(frame, mask);
    const count = this.#scan(this.#padded, parameters);
    return this.#found.subarray(0, count);
  }

  #scan(padded: PaddedFrame, parameters: AnalysisParameters): number {
    const { counts, width, height, half, stride } = padded;
    const window = 2 * half + 1;
    const columnSums = new Float64Array(stride);
    const columnCounts = new Float64Array(stride);
    const dispersionFactors = factors(window * window, parameters.sigma_background);
    const strong = parameters.sigma_strong ** 2;
    let found = 0;
    for (let row = 0; row < window; row++) slideColumns(padded, columnSums, columnCounts, row, 0);
    for (let row = 0; row < height; row++) {
      slideColumns(padded, columnSums, columnCounts, row + window, row);
      let sum = 0;
      let count = 0;
      for (let column = 0; column < window; column++) {
        sum += columnSums[column] as number;
        count += columnCounts[column] as number;
      }
      const centre = (row + half + 1) * stride + half + 1;
      for (let column = 0; column < width; column++) {
        sum += (columnSums[column + window] as number) - (columnSums[column] as number);
        count += (columnCounts[column + window] as number) - (columnCounts[column] as number);
        const above = (counts[centre + column] as number) * count - sum;
        // The second condition, squared with its sign: one test that is seldom true, and exact.
        if (above * Math.abs(above) <= strong * count * sum) continue;
        const squares = sumOfSquares(counts, (row + 1) * stride + column + 1, window, stride);
        const dispersion = count * squares - sum * sum - sum * (count - 1);
        if (dispersion > sum * (dispersionFactors[count] as number)) found = this.#keep(found, row * width + column);
      }
    }
    return found;
  }

  #keep(found: number, index: number): number {
    if (found === this.#found.length) {
      const larger = new Int32Array(found * 2);
      larger.set(this.#found);
      this.#found = larger;
    }
    this.#found[found] = index;
    return found + 1;
  }
}

/** Adds a row of the padded frame to the sums of the columns and takes one away (row 0 is always empty). */
function slideColumns(
  { counts, valid, stride }: PaddedFrame,
  sums: Float64Array,
  numbers: Float64Array,
  enters: number,
  leaves: number,
): void {
  for (let column = 0, enter = enters * stride, leave = leaves * stride; column < stride; column++, enter++, leave++) {
    (sums[column] as number) += (counts[enter] as number) - (counts[leave] as number);
    (numbers[column] as number) += (valid[enter] as number) - (valid[leave] as number);
  }
}

function sumOfSquares(counts: Uint32Array, corner: number, window: number, stride: number): number {
  let squares = 0;
  for (let row = 0, start = corner; row < window; row++, start += stride) {
    for (let at = start; at < start + window; at++) squares += (counts[at] as number) ** 2;
  }
  return squares;
}

/** σb·√(2(m−1)) for each m. */
function factors(most: number, sigma: number): Float64Array {
  return Float64Array.from({ length: most + 1 }, (_, count) => sigma * Math.sqrt(2 * Math.max(0, count - 1)));
}
