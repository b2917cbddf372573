import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readCbf } from '../../src/detectors/cbf.ts';
import { temporaryFolder, type TemporaryFolder } from '../fixtures/temporary-folder.ts';
import { cbfFile } from './cbf-file.ts';

const pixels = Int32Array.of(0, 1, -1, 300, 70_000, -2);

describe('a CBF file', () => {
  it('gives its pixels, signed, and the geometry of its header', async () => {
    await using folder = await temporaryFolder();
    const { frame, geometry } = await readCbf(await put(folder, 'a.cbf', cbfFile(3, 2, pixels)));
    expect(frame).toEqual({ width: 3, height: 2, pixels, limit: Infinity });
    expect(geometry?.pixelSize[0]).toBeCloseTo(0.172, 12);
    expect(geometry).toMatchObject({ distance: 351, beamCentre: [1261.61, 1306.96], wavelength: 0.96859 });
  });

  it('is unpacked when its name says gzip', async () => {
    await using folder = await temporaryFolder();
    const { frame } = await readCbf(await put(folder, 'a.cbf.gz', gzipSync(cbfFile(3, 2, pixels))));
    expect(frame.pixels).toEqual(pixels);
  });

  it('has no geometry when its header leaves out a part of it, or makes no sense', async () => {
    await using folder = await temporaryFolder();
    for (const [from, to] of [
      ['# Wavelength 0.96859 A', ''],
      ['0.35100 m', '0 m'],
      ['1261.61', '1.2.3'],
    ] as const) {
      const { geometry } = await readCbf(
        await put(
          folder,
          'a.cbf',
          cbfFile(3, 2, pixels, (text) => text.replace(from, to)),
        ),
      );
      expect(geometry).toBeUndefined();
    }
  });

  it('is refused in words when it is cut short, wherever', async () => {
    await using folder = await temporaryFolder();
    const whole = cbfFile(3, 2, pixels);
    const padding = 64;
    for (let length = 0; length < whole.length - padding; length += 7) {
      const file = await put(folder, 'short.cbf', whole.subarray(0, length));
      await expect(readCbf(file)).rejects.toMatchObject({ code: 'detectors.unreadable' });
    }
    const packed = await put(folder, 'short.cbf.gz', gzipSync(whole).subarray(0, 200));
    await expect(readCbf(packed)).rejects.toMatchObject({ code: 'detectors.unreadable' });
  });

  it.each([
    ['Fastest-Dimension: 3', 'Fastest-Dimension: 4000000000', '4000000000 × 2 pixels'],
    ['Fastest-Dimension: 3', 'Fastest-Dimension: 2', '4 byte-offset pixels'],
    ['Second-Dimension: 2', 'Second-Dimension: none', 'X-Binary-Size-Second-Dimension in the header'],
    ['x-CBF_BYTE_OFFSET', 'x-CBF_PACKED', 'byte-offset compression'],
    ['signed 32-bit integer', 'unsigned 16-bit integer', 'signed 32-bit pixels'],
  ])('is refused when its header is changed from "%s" to "%s"', async (from, to, expected) => {
    await using folder = await temporaryFolder();
    const file = await put(
      folder,
      'a.cbf',
      cbfFile(3, 2, pixels, (text) => text.replace(from, to)),
    );
    await expect(readCbf(file)).rejects.toMatchObject({ code: 'detectors.unreadable', fields: { file, expected } });
  });

  it('is refused when it unpacks to more than any frame', async () => {
    await using folder = await temporaryFolder();
    const file = await put(folder, 'bomb.cbf.gz', gzipSync(Buffer.alloc(257 * 1024 * 1024), { level: 1 }));
    await expect(readCbf(file)).rejects.toMatchObject({ code: 'detectors.unreadable' });
  });

  it('that is not there is absent', async () => {
    await expect(readCbf('/nowhere/a.cbf')).rejects.toMatchObject({ code: 'detectors.absent' });
  });
});

async function put(folder: TemporaryFolder, name: string, bytes: Buffer): Promise<string> {
  const file = join(folder.path, name);
  await writeFile(file, bytes);
  return file;
}
