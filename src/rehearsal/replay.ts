import { copyFile, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Raster } from '../core/raster.ts';
import type { ScanFrames } from './acquisition.ts';
import { nothingToReplay } from './errors.ts';

/** A real scan to be taken again. */
export interface Replay extends Omit<Raster, 'steps'> {
  /** Where its frames are: one file each, numbered. */
  readonly from: string;
  /** Where they are put. */
  readonly folder: string;
  /** Frames per second. */
  readonly rate: number;
}

/** Plans to put the frames of a real scan, a line of positions, one by one into another folder; each appears there whole. Throws `rehearsal.nothing-to-replay`. */
export async function replayScan({ from, folder, rate, orientation, snaked }: Replay): Promise<ScanFrames> {
  const series = await seriesIn(from);
  const count = series.names.length;
  const parameters = {
    file_pattern: join(folder, series.pattern),
    first_number: series.first,
    steps_x: orientation === 'horizontal' ? count : 1,
    steps_y: orientation === 'horizontal' ? 1 : count,
    orientation,
    snaked,
  };
  return { count, parameters, write };

  async function* write(signal: AbortSignal): AsyncGenerator<number> {
    const began = systemClock.now();
    for (const [index, name] of series.names.entries()) {
      await systemClock.sleep(Math.max(0, began + (index * 1000) / rate - systemClock.now()), signal);
      await copyFile(join(from, name), join(folder, `.${name}`));
      await rename(join(folder, `.${name}`), join(folder, name));
      yield index + 1;
    }
  }
}

interface Series {
  readonly names: readonly string[];
  /** The names with `%04d` in place of the number. */
  readonly pattern: string;
  readonly first: number;
}

/** The one series of CBF files in a folder: same name, consecutive numbers. */
async function seriesIn(from: string): Promise<Series> {
  const files = await readdir(from).catch((error: unknown) => {
    throw nothingToReplay({ folder: from, reason: messageOf(error) }, { cause: error });
  });
  const frames = files
    .map((name) => /^(.*?)(\d+)(\.cbf(?:\.gz)?)$/.exec(name))
    .filter((match) => match !== null)
    .map(([name, before = '', digits = '', after = '']) => ({
      name,
      digits,
      pattern: `${before}%0${digits.length}d${after}`,
    }))
    .sort((a, b) => Number(a.digits) - Number(b.digits));
  const [first] = frames;
  if (!first) throw nothingToReplay({ folder: from, reason: 'it has no numbered CBF files' });
  const other = frames.find(({ pattern }) => pattern !== first.pattern);
  if (other)
    throw nothingToReplay({ folder: from, reason: `it has more than one series, ${first.name} and ${other.name}` });
  const gap = frames.findIndex(({ digits }, index) => Number(digits) !== Number(first.digits) + index);
  if (gap >= 0)
    throw nothingToReplay({ folder: from, reason: `its numbers have a gap before ${frames[gap]?.name ?? ''}` });
  return { names: frames.map(({ name }) => name), pattern: first.pattern, first: Number(first.digits) };
}
