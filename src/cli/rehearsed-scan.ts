import { InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { isObject, type Json } from '../core/json.ts';
import { positionAt, type Raster } from '../core/raster.ts';
import type { ScanFrames } from '../rehearsal/acquisition.ts';
import { replayScan } from '../rehearsal/replay.ts';
import { simulateScan, type Truth } from '../rehearsal/simulate.ts';

export type { Truth } from '../rehearsal/simulate.ts';

/** What is scanned, as the command line says. */
export interface ScanOptions {
  readonly frames?: number;
  readonly size: readonly [width: number, height: number];
  readonly rate?: number;
  readonly from?: string;
  readonly snaked?: boolean;
  readonly orientation: 'horizontal' | 'vertical';
  readonly seed: number;
}

/** The frames of a scan, the truth about them where it is known, and how the result's counts lie in the order taken. */
export interface RehearsedScan {
  readonly frames: ScanFrames;
  readonly truth: Truth | undefined;
  spotsOf(result: Json): (number | null)[];
}

/** The default takes about 8 s to write: with start and result some 15 s on two cores. */
const standard = { frames: 96, rate: 12 };

/** A simulated scan, or with `from` a real one, whose frames go into the folder. */
export async function framesFor(options: ScanOptions, folder: string): Promise<RehearsedScan> {
  const { size, rate = standard.rate, from, snaked = false, orientation, seed } = options;
  if (from !== undefined) {
    const frames = await replayScan({ from: resolve(from), folder, rate, orientation, snaked });
    const steps = [Number(frames.parameters['steps_x']), Number(frames.parameters['steps_y'])] as const;
    return { frames, truth: undefined, spotsOf: inOrderTaken({ steps, orientation, snaked }) };
  }
  const steps = gridOf(options.frames ?? standard.frames);
  const [width, height] = size;
  const { frames, truth } = simulateScan({ folder, steps, orientation, snaked, width, height, rate, seed });
  return { frames, truth, spotsOf: inOrderTaken({ steps, orientation, snaked }) };
}

/** Columns and rows of a grid of so many positions, as near to 3 : 2 as they divide. */
export function gridOf(frames: number): [columns: number, rows: number] {
  const rows = Array.from({ length: Math.floor(Math.sqrt(frames)) }, (_, index) => index + 1).filter(
    (n) => frames % n === 0,
  );
  const best = rows.reduce((a, b) => (Math.abs(frames / b / b - 1.5) < Math.abs(frames / a / a - 1.5) ? b : a), 1);
  return [frames / best, best];
}

/** Reads `WIDTHxHEIGHT`, or `1M`. */
export function frameSize(text: string): [width: number, height: number] {
  if (text === '1M') return [1030, 1065];
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(text) ?? [];
  const size: [number, number] = [Number(width ?? 0), Number(height ?? 0)];
  if (Math.min(...size) >= 64 && size[0] * size[1] <= 100_000_000) return size;
  throw new InvalidArgumentError('Expected WIDTHxHEIGHT (each at least 64, at most 100 million pixels), or 1M.');
}

function inOrderTaken(raster: Raster): RehearsedScan['spotsOf'] {
  return (result) => {
    const counts = isObject(result) && Array.isArray(result['counts']) ? (result['counts'] as (number | null)[][]) : [];
    return Array.from({ length: raster.steps[0] * raster.steps[1] }, (_, index) => {
      const [x, y] = positionAt(index, raster);
      return counts[y]?.[x] ?? null;
    });
  };
}
