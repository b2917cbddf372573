import { rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createNexusWriter, type NexusWriter } from '../../../../src/detectors/nexus-writer.ts';
import { createAnalysisPool } from '../../../../src/services/builtin/per-image-analysis/pool.ts';
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts';

describe('the pool of analysis', () => {
  it('reads and analyses frames of a data set, as they come', async () => {
    await using folder = await temporaryFolder();
    await using pool = createAnalysisPool({ threads: 2 });
    await using writer = await scanIn(folder.path, 'scan', 6);
    for (let spots = 0; spots < 3; spots++) await writer.write(frameWith(spots));
    const found = await Promise.all([0, 1, 2].map((index) => pool.analyse({ file: writer.master, index })));
    expect(found).toEqual([0, 1, 2].map((spots) => ({ spots, strongPixels: 4 * spots, resolution: null })));
    await expect(pool.analyse({ file: writer.master, index: 3 })).rejects.toMatchObject({ code: 'detectors.absent' });
    await writer.write(frameWith(12));
    const last = await pool.analyse({ file: writer.master, index: 3 });
    expect(last.spots).toBe(12);
    expect(last.resolution).toBeGreaterThan(1);
  });

  it('takes parameters for each frame', async () => {
    await using folder = await temporaryFolder();
    await using pool = createAnalysisPool({ threads: 1 });
    await using writer = await scanIn(folder.path, 'scan', 1);
    await writer.write(frameWith(5));
    const analyse = async (parameters: object): Promise<number> =>
      (await pool.analyse({ file: writer.master, index: 0, parameters })).spots;
    expect(await analyse({})).toBe(5);
    expect(await analyse({ min_spot_size: 5 })).toBe(0);
    expect(await analyse({ max_spot_size: 3 })).toBe(0);
    expect(await analyse({ sigma_strong: 1000 })).toBe(0);
  });

  it('rejects with the error of a file that is absent, damaged or cut short, and goes on', async () => {
    await using folder = await temporaryFolder();
    await using pool = createAnalysisPool({ threads: 1 });
    await using writer = await scanIn(folder.path, 'scan', 2);
    await writer.write(frameWith(1));
    await writer.write(frameWith(2));
    await writer.close();
    const data = join(folder.path, 'scan_data_000001.h5');
    const frame = { file: writer.master, index: 1 };
    expect((await pool.analyse(frame)).spots).toBe(2);
    await truncate(data, 3000);
    const error = pool.analyse(frame);
    await expect(error).rejects.toMatchObject({ code: 'detectors.unreadable', name: 'BatonError' });
    await expect(error).rejects.toThrow(data);
    await rm(data);
    await expect(pool.analyse(frame)).rejects.toMatchObject({ code: 'detectors.absent' });
    await rm(writer.master);
    await expect(pool.analyse(frame)).rejects.toMatchObject({ code: 'detectors.absent' });
    await writeFile(join(folder.path, 'bad.cbf'), 'bad');
    const bad = { file: join(folder.path, 'bad.cbf'), index: 0 };
    await expect(pool.analyse(bad)).rejects.toMatchObject({ code: 'detectors.unreadable' });
  });

  it('looks anew at a file whose name was given to another', async () => {
    await using folder = await temporaryFolder();
    await using pool = createAnalysisPool({ threads: 1 });
    const master = join(folder.path, 'one_master.h5');
    for (const [name, spots] of [
      ['one', 1],
      ['two', 2],
    ] as const) {
      await using writer = await scanIn(folder.path, name, 1);
      await writer.write(frameWith(spots));
      await writer.close();
      await rename(writer.master, master);
      expect((await pool.analyse({ file: master, index: 0 })).spots).toBe(spots);
    }
  });

  it('ends an analysis that is aborted, with the reason, and has a fresh thread for the next', async () => {
    await using folder = await temporaryFolder();
    await using pool = createAnalysisPool({ threads: 1 });
    await using writer = await scanIn(folder.path, 'scan', 1);
    await writer.write(frameWith(3));
    const abort = new AbortController();
    const frame = { file: writer.master, index: 0 };
    const under = pool.analyse(frame, abort.signal);
    const waiting = pool.analyse(frame);
    abort.abort(new Error('out of time'));
    await expect(under).rejects.toThrow('out of time');
    expect((await waiting).spots).toBe(3);
    await expect(pool.analyse(frame, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
  });

  it('rejects what was under way when it is closed, which may be twice', async () => {
    const pool = createAnalysisPool({ threads: 1 });
    const under = pool.analyse({ file: '/nowhere.cbf', index: 0 });
    const rejected = expect(under).rejects.toMatchObject({ code: 'per-image-analysis.worker-lost' });
    await pool.close();
    await pool.close();
    await rejected;
  });
});

const size = 128;

function scanIn(folder: string, name: string, frames: number): Promise<NexusWriter> {
  const geometry = { pixelSize: [0.075, 0.075], distance: 20, beamCentre: [64, 64], wavelength: 0.98 } as const;
  const mask = new Uint8Array(size * size);
  const options = {
    folder,
    name,
    frames,
    geometry,
    mask,
    width: size,
    height: size,
    bits: 16,
    frameTime: 0.1,
  } as const;
  return createNexusWriter(options);
}

/** Background of one count everywhere, and spots of 2 × 2 pixels in rows. */
function frameWith(spots: number): Uint16Array {
  const pixels = new Uint16Array(size * size).fill(1);
  for (let spot = 0; spot < spots; spot++) {
    const corner = (8 + 16 * Math.floor(spot / 8)) * size + 8 + 16 * (spot % 8);
    for (const offset of [0, 1, size, size + 1]) pixels[corner + offset] = 50;
  }
  return pixels;
}
