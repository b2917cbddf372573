import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatonError } from '../../src/core/errors.ts';
import { openFrames } from '../../src/detectors/open.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const files = join(import.meta.dirname, 'files');
const names = ['mixed_data_000001.h5', 'mixed_data_000003.h5', 'mixed_master.h5'];

describe('a damaged HDF5 file', () => {
  it('cut short anywhere is refused in words, and whole again is read again', async () => {
    await using scan = await scanInFolder();
    for (const name of names) {
      const whole = scan.whole.get(name) ?? Buffer.alloc(0);
      for (let length = 0; length < whole.length; length += 331) {
        await writeFile(join(scan.folder, name), whole.subarray(0, length));
        const outcome = await scan.read();
        expect(['detectors.unreadable', 'detectors.collapsed']).toContain(outcome);
      }
      await writeFile(join(scan.folder, name), whole);
      expect(await scan.read()).toBe(6);
    }
  });

  it('with bytes changed anywhere gives frames or an error in words, and harms no reading after it', async () => {
    await using scan = await scanInFolder();
    let place = 1;
    for (let trial = 0; trial < 200; trial++) {
      const name = names[trial % names.length] ?? '';
      const whole = scan.whole.get(name) ?? Buffer.alloc(0);
      const changed = Buffer.from(whole);
      for (let byte = 0; byte <= trial % 9; byte++) {
        place = (place * 48_271) % 0x7fffffff;
        changed[place % changed.length] = place >> 16;
      }
      await writeFile(join(scan.folder, name), changed);
      await scan.read();
      await writeFile(join(scan.folder, name), whole);
    }
    expect(await scan.read()).toBe(6);
  });

  it('that is no HDF5 file at all is refused in words', async () => {
    await using scan = await scanInFolder();
    await writeFile(join(scan.folder, 'mixed_master.h5'), 'not yet');
    await expect(openFrames(join(scan.folder, 'mixed_master.h5'))).rejects.toMatchObject({
      code: 'detectors.unreadable',
      fields: { found: 'file signature not found' },
    });
  });
});

interface DamagedScan extends AsyncDisposable {
  readonly folder: string;
  readonly whole: ReadonlyMap<string, Buffer>;
  /** Reads all frames: how many there were, or the code of the error. */
  read(): Promise<number | string>;
}

async function scanInFolder(): Promise<DamagedScan> {
  const temporary = await temporaryFolder();
  const folder = temporary.path;
  const whole = new Map<string, Buffer>();
  for (const name of [...names, 'mixed_data_000002.h5']) {
    const bytes = await readFile(join(files, name));
    whole.set(name, bytes);
    await writeFile(join(folder, name), bytes);
  }
  return {
    folder,
    whole,
    read: async () => {
      try {
        await using source = await openFrames(join(folder, 'mixed_master.h5'));
        await source.mask();
        const count = await source.frameCount();
        for (let index = 0; index < Math.min(count, 6); index++) await source.read(index);
        return count;
      } catch (error) {
        if (error instanceof BatonError) return error.code;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose](),
  };
}
