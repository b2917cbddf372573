import { copyFile, mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FrameSource } from '../../src/detectors/frame.ts';
import { openNexus } from '../../src/detectors/nexus.ts';
import { createNexusWriter } from '../../src/detectors/nexus-writer.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

/** Made by the HDF5 library in C, see make.py there. */
const files = join(import.meta.dirname, 'files');

describe('a NeXus file made elsewhere', () => {
  it('is read over its links, whatever the compression of each', async () => {
    await using source = await openNexus(join(files, 'mixed_master.h5'));
    expect(await source.frameCount()).toBe(6);
    await expectFrames(source, 6, (value) => value);
    expect((await source.read(0)).pixels).toBeInstanceOf(Uint32Array);
  });

  it('tells its geometry in the units it states, and its mask', async () => {
    await using source = await openNexus(join(files, 'mixed_master.h5'));
    expect(source.geometry).toEqual({
      pixelSize: [0.075, 0.1],
      distance: 200,
      beamCentre: [15.5, 10.25],
      wavelength: 1,
    });
    const mask = await source.mask();
    expect([...(mask ?? []).entries()].filter(([, masked]) => masked !== 0)).toEqual([
      [3 * 30 + 4, 1],
      [5 * 30 + 6, 1],
    ]);
  });

  it('has no counts where the bits that the detector fills are all ones', async () => {
    await using source = await openNexus(join(files, 'mixed_master.h5'));
    expect((await source.read(0)).limit).toBe(2 ** 16 - 1);
  });

  it('is read over a virtual data set as far as its sources have been written', async () => {
    await using source = await openNexus(join(files, 'virtual.nxs'));
    expect(await source.frameCount()).toBe(4);
    await expectFrames(source, 4, (value) => value);
    await expect(source.read(4)).rejects.toMatchObject({ code: 'detectors.absent' });
  });

  it('may hold signed frames itself, where negative means no count', async () => {
    await using source = await openNexus(join(files, 'signed.nxs'));
    await expectFrames(source, 2, (value) => value - 5);
    expect((await source.read(1)).limit).toBe(Infinity);
  });

  it('ends before the first data file that is not there, even when later ones are', async () => {
    await using folder = await temporaryFolder();
    for (const name of ['mixed_master.h5', 'mixed_data_000001.h5', 'mixed_data_000003.h5']) {
      await copyFile(join(files, name), join(folder.path, name));
    }
    await using source = await openNexus(join(folder.path, 'mixed_master.h5'));
    expect(await source.frameCount()).toBe(2);
    await copyFile(join(files, 'mixed_data_000002.h5'), join(folder.path, 'mixed_data_000002.h5'));
    expect(await source.frameCount()).toBe(6);
  });

  it.each([
    ['circle.nxs', 'a link to frames', 'links that lead in a circle'],
    ['spectrum.nxs', 'frames × height × width', '1 dimensions of int64'],
    ['floats.nxs', 'integers of 8 to 32 bits', 'other32'],
  ])('is refused in words when it is no stack of frames: %s', async (name, expected, found) => {
    await using source = await openNexus(join(files, name));
    await expect(source.read(0)).rejects.toMatchObject({ code: 'detectors.unreadable', fields: { expected, found } });
  });
});

describe('a NeXus file written', () => {
  it.each([16, 32] as const)('with %i bits is read back as it was, over several data files', async (bits) => {
    await using folder = await temporaryFolder();
    const options = { ...detector, folder: folder.path, name: 'scan', bits, frames: 5, framesPerFile: 2 };
    await using writer = await createNexusWriter(options);
    const frames = Array.from({ length: 5 }, (_, index) => frameOf(bits, index));
    for (const frame of frames) await writer.write(frame);
    await writer.close();
    await using source = await openNexus(writer.master);
    expect(source.geometry).toEqual(detector.geometry);
    expect(await source.mask()).toEqual(detector.mask);
    expect(await source.frameCount()).toBe(5);
    for (const [index, pixels] of frames.entries()) {
      expect(await source.read(index)).toEqual({ width: 8, height: 6, pixels, limit: 2 ** bits - 1 });
    }
  });

  it('lies in any folder, however it is called', async () => {
    await using folder = await temporaryFolder();
    const odd = join(folder.path, 'Probe 1 – 100% "ready"');
    await mkdir(odd);
    await symlink(odd, join(folder.path, 'link'));
    await using writer = await createNexusWriter({ ...detector, folder: odd, name: 'scan ö', bits: 16, frames: 1 });
    await writer.write(frameOf(16, 0));
    await writer.close();
    await using source = await openNexus(join(folder.path, 'link', 'scan ö_master.h5'));
    expect((await source.read(0)).pixels).toEqual(frameOf(16, 0));
  });

  it('takes no frame of another size, none beyond those that were due, and no folder that is not there', async () => {
    await using folder = await temporaryFolder();
    const options = { ...detector, folder: folder.path, name: 'scan', bits: 16, frames: 1 } as const;
    await using writer = await createNexusWriter(options);
    await expect(writer.write(new Uint16Array(7))).rejects.toMatchObject({ code: 'detectors.unwritable' });
    await writer.write(frameOf(16, 0));
    await expect(writer.write(frameOf(16, 1))).rejects.toMatchObject({ code: 'detectors.unwritable' });
    const nowhere = { ...options, folder: join(folder.path, 'nowhere') };
    await expect(createNexusWriter(nowhere)).rejects.toMatchObject({ code: 'detectors.unwritable' });
  });

  it('is absent again when it vanishes', async () => {
    await using folder = await temporaryFolder();
    await using writer = await createNexusWriter({
      ...detector,
      folder: folder.path,
      name: 'scan',
      bits: 16,
      frames: 1,
    });
    await writer.write(frameOf(16, 0));
    await writer.close();
    await using source = await openNexus(writer.master);
    await source.read(0);
    await rm(join(folder.path, 'scan_data_000001.h5'));
    await expect(source.read(0)).rejects.toMatchObject({ code: 'detectors.absent' });
    expect(await source.frameCount()).toBe(0);
  });
});

const detector = {
  width: 8,
  height: 6,
  geometry: { pixelSize: [0.075, 0.075], distance: 150, beamCentre: [4.5, 3], wavelength: 0.9763 },
  mask: Uint8Array.from({ length: 48 }, (_, pixel) => (pixel % 5 === 0 ? 1 : 0)),
  frameTime: 0.1,
} as const;

function frameOf(bits: 16 | 32, index: number): Uint16Array | Uint32Array {
  const values = Array.from({ length: 48 }, (_, pixel) => (pixel === 0 ? 2 ** bits - 1 : 1000 * index + pixel));
  return bits === 16 ? Uint16Array.from(values) : Uint32Array.from(values);
}

/** Pixel x, y of frame i in the files is 1000 i + 30 y + x. */
async function expectFrames(source: FrameSource, count: number, stored: (value: number) => number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const { width, height, pixels } = await source.read(index);
    expect([width, height]).toEqual([30, 20]);
    expect([...pixels]).toEqual(Array.from({ length: 600 }, (_, pixel) => stored(1000 * index + pixel)));
  }
}
