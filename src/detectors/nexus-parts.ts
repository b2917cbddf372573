import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { unreadable } from './errors.ts';
import type { Hdf5Library } from './hdf5.ts';
import { typeName, withHdf5File, type Extent, type Hdf5File } from './hdf5-file.ts';

/** A data set with frames in it: one of those that the frames of a scan are spread over, as it stands now. */
export interface Part {
  readonly file: string;
  readonly path: string;
  /** Frames, height, width. */
  readonly extent: Extent;
  /** How many of them have been written. */
  readonly frames: number;
}

/** The data sets that a master file leads to, in order, up to the first that does not exist yet. */
export function findParts(hdf5: Hdf5Library, master: string): readonly Part[] {
  const places = withHdf5File(hdf5, master, (file) => framePaths(file).map((path) => follow(file, path)));
  const parts: Part[] = [];
  for (const place of places) {
    const part = partAt(hdf5, place);
    if (!part) break;
    parts.push(part);
  }
  return parts;
}

interface Place {
  readonly file: string;
  readonly path: string;
}

/** Where the frames of a file may be: EIGER's numbered links, else NeXus' one data set. */
function framePaths(master: Hdf5File): readonly string[] {
  const names = master.names('/entry/data');
  const numbered = names.filter((name) => /^data_\d+$/.test(name));
  if (numbered.length > 0) return numbered.map((name) => `/entry/data/${name}`);
  return [names.includes('data') ? '/entry/data/data' : '/entry/instrument/detector/data'];
}

/** Follows links to where the data set itself is. */
function follow(file: Hdf5File, path: string): Place {
  let at = path;
  for (let hops = 0; hops < 16; hops++) {
    const link = file.link(at);
    if (!link) return { file: file.path, path: at };
    if (link.file) return { file: resolve(dirname(file.path), link.file), path: link.path };
    at = resolve(dirname(at), link.path);
  }
  throw unreadable({
    file: `${file.path}:${path}`,
    expected: 'a link to frames',
    found: 'links that lead in a circle',
  });
}

function partAt(hdf5: Hdf5Library, { file, path }: Place): Part | undefined {
  const extent = extentAt(hdf5, file, path);
  if (!extent) return undefined;
  if (extent.shape.length !== 3) {
    const found = `${extent.shape.length} dimensions of ${typeName(extent)}`;
    throw unreadable({ file: `${file}:${path}`, expected: 'frames × height × width', found });
  }
  return { file, path, extent, frames: framesOf(hdf5, file, extent) };
}

/**
 * A virtual data set is often made in its final size before its frames are: then what its sources hold by now counts.
 * With sources that take turns this can be ahead of the slowest one.
 */
function framesOf(hdf5: Hdf5Library, file: string, { shape, sources }: Extent): number {
  const [frames = 0] = shape;
  if (!sources) return frames;
  const held = sources.map((source) => {
    const at = source.file === '.' ? file : resolve(dirname(file), source.file);
    return extentAt(hdf5, at, source.path)?.shape[0] ?? 0;
  });
  return Math.min(
    frames,
    held.reduce((sum, count) => sum + count, 0),
  );
}

function extentAt(hdf5: Hdf5Library, file: string, path: string): Extent | undefined {
  if (!existsSync(file)) return undefined;
  return withHdf5File(hdf5, file, (data) => data.extent(path));
}
