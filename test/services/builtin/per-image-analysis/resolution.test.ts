import { describe, expect, it } from 'vitest';
import type { Geometry } from '../../../../src/detectors/frame.ts';
import { Analyser } from '../../../../src/services/builtin/per-image-analysis/analyser.ts';
import { defaultParameters } from '../../../../src/services/builtin/per-image-analysis/parameters.ts';
import { estimateResolution, resolutionAt } from '../../../../src/services/builtin/per-image-analysis/resolution.ts';
import type { Spot } from '../../../../src/services/builtin/per-image-analysis/spots.ts';

const geometry: Geometry = { pixelSize: [0.1, 0.1], distance: 100, beamCentre: [1000, 1000], wavelength: 1 };

describe('resolution', () => {
  it("follows Bragg's law from the distance to the beam", () => {
    // 100 mm from the beam at 100 mm distance: 2θ = 45°.
    expect(resolutionAt(geometry, 2000, 1000)).toBeCloseTo(1 / (2 * Math.sin(Math.PI / 8)), 12);
    expect(resolutionAt(geometry, 1000, 0)).toBeCloseTo(resolutionAt(geometry, 2000, 1000), 12);
    expect(resolutionAt(geometry, 1000, 1000)).toBe(Infinity);
  });

  it('of a frame is where its spots end, some stray ones beyond notwithstanding', () => {
    const inside = Array.from({ length: 400 }, (_, index) => spotAt(20 - (18 * index) / 400));
    const stray = [1.5, 1.6].map(spotAt);
    // Spots at equal steps of d thin out in reciprocal space; at equal steps of its volume they end at once.
    const even = Array.from({ length: 400 }, (_, index) => spotAt((((index + 1) / 400) * 2 ** -3) ** (-1 / 3)));
    expect(estimateResolution(even, geometry)).toBeCloseTo(2, 2);
    expect(estimateResolution([...even, ...stray], geometry)).toBeCloseTo(2, 1);
    expect(estimateResolution(inside, geometry)).toBeGreaterThan(2);
  });

  it('is not told by a few spots', () => {
    const spots = Array.from({ length: 9 }, (_, index) => spotAt(3 + index));
    expect(estimateResolution(spots, geometry)).toBeNull();
    expect(estimateResolution([...spots, spotAt(3)], geometry)).not.toBeNull();
  });
});

describe('a range of resolution', () => {
  it('leaves only the pixels within it, and nothing changes without the geometry', () => {
    const [width, height] = [200, 200];
    const near = { ...geometry, beamCentre: [0, 0] } as const;
    const pixels = new Uint16Array(width * height);
    for (const [x, y] of [
      [20, 20],
      [100, 100],
      [180, 180],
    ] as const) {
      for (const offset of [0, 1, width, width + 1]) pixels[y * width + x + offset] = 100;
    }
    const frame = { width, height, pixels, limit: Infinity };
    const analyser = new Analyser();
    const count = (range: object, where: Geometry | undefined): number =>
      analyser.analyse(frame, where, undefined, { ...defaultParameters, ...range }).spots;
    const middle = resolutionAt(near, 101, 101);
    expect(count({}, near)).toBe(3);
    expect(count({ d_min: middle - 0.5 }, near)).toBe(2);
    expect(count({ d_max: middle + 0.5 }, near)).toBe(2);
    expect(count({ d_min: middle - 0.5, d_max: middle + 0.5 }, near)).toBe(1);
    expect(count({ d_min: middle - 0.5 }, undefined)).toBe(3);
    expect(count({ d_min: 0.1, d_max: 0.2 }, near)).toBe(0);
  });
});

/** A spot at that resolution, straight to the right of the beam. */
function spotAt(d: number): Spot {
  const angle = 2 * Math.asin(geometry.wavelength / (2 * d));
  const x = geometry.beamCentre[0] + (geometry.distance * Math.tan(angle)) / geometry.pixelSize[0];
  return { x, y: geometry.beamCentre[1], pixels: 5, counts: 100 };
}
