import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeByteOffset } from '../../src/detectors/byte-offset.ts';
import { encodeByteOffset } from './cbf-file.ts';

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const pixelArrays = fc
  .array(fc.oneof(fc.integer({ min: -2, max: 200 }), fc.integer({ min: 0, max: 40_000 }), int32), { minLength: 1 })
  .map((values) => Int32Array.from(values));

describe('byte-offset decoding', () => {
  it('gives back any pixels, however far one is from the next', () => {
    fc.assert(
      fc.property(pixelArrays, (pixels) => {
        const decoded = new Int32Array(pixels.length);
        expect(decodeByteOffset(encodeByteOffset(pixels), decoded)).toBe(true);
        expect(decoded).toEqual(pixels);
      }),
    );
  });

  it('says so when bytes are missing, or left over', () => {
    fc.assert(
      fc.property(pixelArrays, fc.nat(), (pixels, cut) => {
        const bytes = encodeByteOffset(pixels);
        const decoded = new Int32Array(pixels.length);
        expect(decodeByteOffset(bytes.subarray(0, cut % bytes.length), decoded)).toBe(false);
        expect(decodeByteOffset(Buffer.concat([bytes, Buffer.of(0)]), decoded)).toBe(false);
      }),
    );
  });

  it('takes any bytes without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.integer({ min: 1, max: 32 }), (bytes, length) => {
        expect(typeof decodeByteOffset(bytes, new Int32Array(length))).toBe('boolean');
      }),
    );
  });
});
