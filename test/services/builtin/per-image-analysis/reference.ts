import type { Frame, Mask } from '../../../../src/detectors/frame.ts';
import type { AnalysisParameters } from '../../../../src/services/builtin/per-image-analysis/parameters.ts';

/** The dispersion method as it is written down: every window summed anew, in whole numbers without end. */
export function strongPixelsByDefinition(
  frame: Frame,
  mask: Mask | undefined,
  { window, sigma_background, sigma_strong }: AnalysisParameters,
): number[] {
  const { width, height, pixels } = frame;
  const half = (window - 1) / 2;
  const valueAt = (x: number, y: number): number | undefined => {
    if (x < 0 || y < 0 || x >= width || y >= height) return undefined;
    const value = pixels[y * width + x] ?? 0;
    return value < 0 || value >= frame.limit || mask?.[y * width + x] === 1 ? undefined : value;
  };
  const strong: number[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const p = valueAt(x, y);
      if (p === undefined) continue;
      let [m, sum, squares] = [0n, 0n, 0n];
      for (let dy = -half; dy <= half; dy++) {
        for (let dx = -half; dx <= half; dx++) {
          const value = valueAt(x + dx, y + dy);
          if (value === undefined) continue;
          m += 1n;
          sum += BigInt(value);
          squares += BigInt(value) ** 2n;
        }
      }
      const dispersion = Number(m * squares - sum * sum - sum * (m - 1n));
      const above = Number(m * BigInt(p) - sum);
      const isDispersed = dispersion > sigma_background * Number(sum) * Math.sqrt(2 * (Number(m) - 1));
      if (isDispersed && above > sigma_strong * Math.sqrt(Number(m * sum))) strong.push(y * width + x);
    }
  }
  return strong;
}

/** Sizes of the groups of strong pixels that touch in rows and columns, by flooding. */
export function groupSizes(strong: readonly number[], width: number): number[] {
  const left = new Set(strong);
  const sizes: number[] = [];
  for (const first of strong) {
    const open = [first];
    let size = 0;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (!left.delete(at)) continue;
      size += 1;
      open.push(at - width, at + width);
      if (at % width > 0) open.push(at - 1);
      if (at % width < width - 1) open.push(at + 1);
    }
    if (size > 0) sizes.push(size);
  }
  return sizes.sort((a, b) => a - b);
}
