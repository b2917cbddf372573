import { unwritable } from './errors.ts';
import type { Hdf5Library } from './hdf5.ts';

/** A group of an HDF5 file that is being made. */
export type Group = InstanceType<Hdf5Library['h5wasm']['Group']>;
type OpenFile = InstanceType<Hdf5Library['h5wasm']['File']>;

/** Starts a new HDF5 file, in the format that SWMR needs (HDF5 1.10). */
export function createHdf5File({ h5wasm, told }: Hdf5Library, path: string): OpenFile {
  const [file, account] = told(path, () => new h5wasm.File(path, 'w', { libver: 'v110' }));
  if (!file || file.file_id < 0n) throw unwritable({ file: path, what: 'An HDF5 file', found: account });
  return file;
}

/** Makes a group of a NeXus class. */
export function createGroup(parent: Group, name: string, nexusClass: string): Group {
  const child = parent.create_group(name);
  setText(child, 'NX_class', nexusClass);
  return child;
}

/** Gives an object a text attribute, of fixed length as EIGER writes them. */
export function setText(object: Pick<Group, 'create_attribute'>, name: string, text: string): void {
  object.create_attribute(name, text, null, `S${Buffer.byteLength(text)}`);
}

/** Chunked bitshuffle and LZ4, as EIGER's: its own choice of block size (0), then LZ4 (2). */
export const bitshuffleLz4 = { compression: 32008, compression_opts: [0, 2] };
