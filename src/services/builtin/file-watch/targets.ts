import { access } from 'node:fs/promises';
import { absent, unreadable } from '../../../detectors/errors.ts';
import { openFrames } from '../../../detectors/open.ts';
import type { JsonObject } from '../../../core/json.ts';

/** What a watch waits for, as its step's parameters say: exactly one of `list`, `pattern` and `hdf5`. */
export interface WatchParameters {
  /** Paths, in order. */
  readonly list?: readonly string[];
  /** A path with one `%d`-like placeholder (`scan_%05d.cbf`), or Python's `{:05d}`. */
  readonly pattern?: string;
  /** The first and the last number of the pattern; the last follows from `frames` where it is absent. */
  readonly 'pattern-start'?: number;
  readonly 'pattern-end'?: number;
  /** A NeXus master file: its frames are waited for. */
  readonly hdf5?: string;
  /** How many frames it will have. */
  readonly frames?: number;
  /** Seconds from the first message until the first file must be there, and between one and the next. */
  readonly 'timeout-first': number;
  readonly timeout: number;
  /** Seconds between two looks, at first. */
  readonly poll: number;
  /** Messages of `every` in one transaction at most. */
  readonly burst: number;
}

/** A set of files or frames that appear one after the other. */
export interface Targets {
  readonly count: number;
  /** How many are there, in order from the first: of those from `seen` on, at most `limit` are looked for. */
  present(seen: number, limit: number): Promise<number>;
  /** What is sent of one of them (index from 0), without the time. */
  describe(index: number): JsonObject & { readonly file: string };
}

/** The targets that the parameters name, or a sentence that says what is wrong with them. */
export function targetsOf(parameters: WatchParameters): Targets | string {
  const { list, pattern, hdf5, frames } = parameters;
  if ([list, pattern, hdf5].filter((given) => given !== undefined).length !== 1)
    return 'Expected exactly one of the parameters list, pattern and hdf5.';
  if (list)
    return fileTargets(
      list.length,
      (index) => list[index] ?? '',
      (index) => ({ 'file-number': index + 1 }),
    );
  if (pattern !== undefined) return patternTargets(pattern, parameters);
  if (hdf5 === undefined || frames === undefined)
    return 'With hdf5, the parameter frames must say how many there will be.';
  return hdf5Targets(hdf5, frames);
}

function patternTargets(
  pattern: string,
  { 'pattern-start': from = 1, frames, 'pattern-end': to = frames && from + frames - 1 }: WatchParameters,
): Targets | string {
  if (to === undefined || to < from)
    return 'With pattern, pattern-end (or frames) must say where it ends, at or after pattern-start.';
  const placeholder = /%0?(\d{0,2})d|\{:?0?(\d{0,2})d?\}/.exec(pattern);
  if (!placeholder) return `The pattern ${pattern} has no placeholder such as %05d.`;
  const width = Number(placeholder[1] ?? placeholder[2] ?? 0);
  const path = (number: number): string =>
    pattern.slice(0, placeholder.index) +
    String(number).padStart(width, '0') +
    pattern.slice(placeholder.index + placeholder[0].length);
  return fileTargets(
    to - from + 1,
    (index) => path(from + index),
    (index) => ({ 'file-number': index + 1, 'file-pattern-index': from + index }),
  );
}

/** Paths are made one by one: a pattern may stand for more files than there is room for in memory. */
function fileTargets(count: number, path: (index: number) => string, numbers: (index: number) => JsonObject): Targets {
  return {
    count,
    async present(seen, limit) {
      let there = seen;
      while (there < Math.min(count, seen + limit) && (await exists(path(there)))) there += 1;
      return there;
    },
    describe: (index) => ({ file: path(index), 'file-list-index': index + 1, ...numbers(index) }),
  };
}

function hdf5Targets(file: string, frames: number): Targets {
  return {
    count: frames,
    async present(seen, limit) {
      const there = await framesIn(file);
      return Math.min(frames, seen + limit, Math.max(seen, there));
    },
    describe: (index) => ({ file, 'file-list-index': index + 1, 'file-number': index + 1, 'hdf5-index': index }),
  };
}

/** How many frames can be read by now: none while the file is absent, or as a writer under way may leave it for a moment. */
async function framesIn(file: string): Promise<number> {
  if (!(await exists(file))) return 0;
  try {
    await using source = await openFrames(file);
    return await source.frameCount();
  } catch (error) {
    if (absent.is(error) || unreadable.is(error)) return 0;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
