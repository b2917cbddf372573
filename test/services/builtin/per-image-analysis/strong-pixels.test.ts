import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame, Mask, Pixels } from '../../../../src/detectors/frame.ts';
import {
  defaultParameters,
  type AnalysisParameters,
} from '../../../../src/services/builtin/per-image-analysis/parameters.ts';
import { groupSpots } from '../../../../src/services/builtin/per-image-analysis/spots.ts';
import { StrongPixelFinder } from '../../../../src/services/builtin/per-image-analysis/strong-pixels.ts';
import { groupSizes, strongPixelsByDefinition } from './reference.ts';

describe('strong pixels', () => {
  it('are those of the definition, for any frame, mask, window and threshold', () => {
    const finder = new StrongPixelFinder();
    fc.assert(
      fc.property(scenes(counts), ({ frame, mask, parameters }) => {
        const found = finder.find(frame, mask, parameters);
        expect([...found]).toEqual(strongPixelsByDefinition(frame, mask, parameters));
      }),
      { numRuns: 400 },
    );
  });

  it('are exact next to counts whose squares no double holds', () => {
    const finder = new StrongPixelFinder();
    const huge = fc.oneof({ weight: 20, arbitrary: counts }, { weight: 1, arbitrary: fc.nat({ max: 2 ** 32 - 2 }) });
    fc.assert(
      fc.property(scenes(huge), ({ frame, mask, parameters }) => {
        const found = finder.find(frame, mask, parameters);
        expect([...found]).toEqual(strongPixelsByDefinition(frame, mask, parameters));
      }),
      { numRuns: 200 },
    );
  });

  it('stand out of flat background, and are none where nothing does', () => {
    const finder = new StrongPixelFinder();
    const flat = frameOf(20, 20, new Uint16Array(400).fill(3));
    expect([...finder.find(flat, undefined, defaultParameters)]).toEqual([]);
    const spot = frameOf(20, 20, new Uint16Array(400).fill(3).with(10 * 20 + 10, 60));
    expect([...finder.find(spot, undefined, defaultParameters)]).toEqual([10 * 20 + 10]);
  });

  it('are found in any number', () => {
    const stripes = new Uint16Array(300 * 300).map((_, pixel) => (pixel % 4 === 0 ? 500 : 0));
    const found = new StrongPixelFinder().find(frameOf(300, 300, stripes), undefined, defaultParameters);
    expect(found).toHaveLength(300 * 75);
  });
});

describe('spots', () => {
  it('are groups of strong pixels that touch in rows and columns, of the sizes asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(fc.boolean(), { minLength: 1, maxLength: 100 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 4, max: 12 }),
        (width, isStrong, min_spot_size, max_spot_size) => {
          const strong = isStrong.flatMap((is, index) => (is ? [index] : []));
          const pixels = new Uint16Array(isStrong.length).fill(1);
          const sizes = { ...defaultParameters, min_spot_size, max_spot_size };
          const spots = groupSpots(Int32Array.from(strong), width, pixels, sizes);
          expect(spots.map((spot) => spot.pixels).sort((a, b) => a - b)).toEqual(
            groupSizes(strong, width).filter((size) => size >= min_spot_size && size <= max_spot_size),
          );
        },
      ),
    );
  });

  it('lie at the centre of mass of their counts', () => {
    const pixels = Uint16Array.of(0, 10, 30, 0, 0, 0, 40, 0);
    const [spot] = groupSpots(Int32Array.of(1, 2, 6), 4, pixels, defaultParameters);
    expect(spot).toMatchObject({ pixels: 3, counts: 80, y: 1 });
    expect(spot?.x).toBeCloseTo((10 * 1.5 + 70 * 2.5) / 80, 12);
  });
});

interface Scene {
  readonly frame: Frame;
  readonly mask: Mask | undefined;
  readonly parameters: AnalysisParameters;
}

/** Background, spots, gaps (-1) and bad pixels (-2). */
const counts = fc.oneof(
  { weight: 30, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 3, arbitrary: fc.integer({ min: 5, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 100_000 }) },
  { weight: 2, arbitrary: fc.constantFrom(-1, -2) },
);

function scenes(values: fc.Arbitrary<number>): fc.Arbitrary<Scene> {
  return fc
    .record({
      width: fc.integer({ min: 1, max: 24 }),
      height: fc.integer({ min: 1, max: 18 }),
      limit: fc.constantFrom(Infinity, 65_535, 50),
      isMasked: fc.boolean(),
      window: fc.constantFrom(3, 5, 7, 9),
      sigma_background: fc.constantFrom(6, 2, 0.5),
      sigma_strong: fc.constantFrom(3, 1, 2.5),
    })
    .chain(({ width, height, limit, isMasked, ...sigmas }) => {
      const size = { minLength: width * height, maxLength: width * height };
      return fc.record({
        frame: fc.array(values, size).map((pixels) => frameOf(width, height, pixelsOf(pixels), limit)),
        mask: isMasked
          ? fc.array(fc.constantFrom(0, 0, 0, 1), size).map((mask) => Uint8Array.from(mask))
          : fc.constant(undefined),
        parameters: fc.constant({ ...defaultParameters, ...sigmas }),
      });
    });
}

/** The smallest type that holds the values. */
function pixelsOf(values: readonly number[]): Pixels {
  if (values.some((value) => value < 0)) return Int32Array.from(values);
  return values.some((value) => value > 65_535) ? Uint32Array.from(values) : Uint16Array.from(values);
}

function frameOf(width: number, height: number, pixels: Pixels, limit = Infinity): Frame {
  return { width, height, pixels, limit };
}
