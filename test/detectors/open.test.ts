import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openFrames } from '../../src/detectors/open.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { cbfFile } from './cbf-file.ts';

const image = (value: number): Buffer => cbfFile(2, 1, Int32Array.of(value, -1));

describe('a series of CBF files', () => {
  it.each(['pattern', 'list'])('named by a %s is read one by one, while it appears', async (form) => {
    await using folder = await temporaryFolder();
    const file = (number: number): string => join(folder.path, `scan_${String(number).padStart(4, '0')}.cbf`);
    await writeFile(file(1), image(10));
    const named = form === 'pattern' ? join(folder.path, 'scan_%04d.cbf') : [file(1), file(2), file(3)];
    await using source = await openFrames(named);
    expect(source.geometry?.distance).toBe(351);
    expect(await source.mask()).toBeUndefined();
    expect(await source.frameCount()).toBe(1);
    await expect(source.read(1)).rejects.toMatchObject({ code: 'detectors.absent' });
    await writeFile(file(2), image(20));
    expect(await source.frameCount()).toBe(2);
    expect((await source.read(1)).pixels).toEqual(Int32Array.of(20, -1));
  });

  it('of one file has one frame', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'one.cbf'), image(1));
    await using source = await openFrames(join(folder.path, 'one.cbf'));
    expect(await source.frameCount()).toBe(1);
    await expect(source.read(1)).rejects.toMatchObject({ code: 'detectors.absent' });
  });
});

describe('opening frames', () => {
  it('refuses a name that says nothing of its form, and waits for one that is not there', async () => {
    await expect(openFrames('/data/image.tiff')).rejects.toMatchObject({ code: 'detectors.unknown-form' });
    await expect(openFrames([])).rejects.toMatchObject({ code: 'detectors.unknown-form' });
    await expect(openFrames('/nowhere/scan_master.h5')).rejects.toMatchObject({ code: 'detectors.absent' });
    await expect(openFrames('/nowhere/scan_%04d.cbf.gz')).rejects.toMatchObject({ code: 'detectors.absent' });
  });
});
