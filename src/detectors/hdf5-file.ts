import { existsSync } from 'node:fs';
import { absent, collapsed, unreadable } from './errors.ts';
import type { Hdf5Library } from './hdf5.ts';

/** The extent and type of a data set. */
export interface Extent {
  readonly shape: readonly number[];
  /** Bytes of one value. */
  readonly size: number;
  readonly signed: boolean;
  readonly integer: boolean;
  /** Files that a virtual data set is put together from; undefined for one that holds its own values. */
  readonly sources?: readonly { readonly file: string; readonly path: string }[];
}

/** `uint16`, `int32`, …; `other64` and so on for what is no whole number. */
export function typeName({ integer, signed, size }: Extent): string {
  const kind = signed ? 'int' : 'uint';
  return `${integer ? kind : 'other'}${size * 8}`;
}

/** Opens a file for the time of a call, which sees it as it stands now. Throws when it is not there, or no HDF5. */
export function withHdf5File<Result>(hdf5: Hdf5Library, path: string, use: (file: Hdf5File) => Result): Result {
  if (!existsSync(path)) throw absent({ file: path, what: 'The HDF5 file' });
  const file = Hdf5File.open(hdf5, path);
  if (typeof file === 'string')
    throw unreadable({ file: path, expected: 'an HDF5 file that readers may open', found: file });
  try {
    return use(file);
  } finally {
    file.close();
  }
}

/** An HDF5 file open for reading. What is not there comes back as undefined; only reading values fails loudly. */
export class Hdf5File {
  readonly path: string;
  readonly #hdf5: Hdf5Library;
  readonly #id: bigint;

  private constructor(hdf5: Hdf5Library, path: string, id: bigint) {
    this.#hdf5 = hdf5;
    this.path = path;
    this.#id = id;
  }

  /**
   * Opens a file that is complete, or one that is growing under SWMR (single writer, multiple readers); returns HDF5's
   * account when it is no HDF5 file, or is being written without SWMR. What is seen is the file as it stands now: to see
   * what came later, close it and open it again (0.3 ms). h5wasm's `refresh_dataset` is no way to do that: it leaves the
   * data set open, and later reads return the chunk of an earlier frame.
   */
  static open(hdf5: Hdf5Library, path: string): Hdf5File | string {
    const { module } = hdf5;
    const [plain = -1n, account] = hdf5.told(path, () => module.open(path, module.H5F_ACC_RDONLY, false, -1, -1));
    if (plain >= 0n) return new Hdf5File(hdf5, path, plain);
    if (!account.includes('already open for write')) return account;
    const [shared = -1n, said] = hdf5.told(path, () => module.open(path, module.H5F_ACC_SWMR_READ, false, -1, -1));
    return shared >= 0n ? new Hdf5File(hdf5, path, shared) : said;
  }

  close(): void {
    try {
      this.#told(() => this.#hdf5.module.close_file(this.#id));
    } catch (error) {
      // A library that fell has nothing left to close.
      if (!collapsed.is(error)) throw error;
    }
  }

  /** The names in a group, in order; none when there is no such group. */
  names(group: string): readonly string[] {
    const [names] = this.#told(() => this.#hdf5.module.get_names(this.#id, group, false));
    return [...(names ?? [])].sort();
  }

  /** Where a link leads: to a path in this file, or in another. Undefined when it is no link. */
  link(path: string): { readonly file?: string; readonly path: string } | undefined {
    const { module } = this.#hdf5;
    const [soft] = this.#told(() => module.get_symbolic_link(this.#id, path) as string | null);
    if (soft) return { path: soft };
    const [external] = this.#told(() => module.get_external_link(this.#id, path));
    return external?.filename ? { file: external.filename, path: external.obj_path } : undefined;
  }

  extent(path: string): Extent | undefined {
    const { module } = this.#hdf5;
    const [found] = this.#told(() => module.get_dataset_metadata(this.#id, path));
    if (!found?.shape) return undefined;
    const sources = found.virtual_sources?.map((source) => ({ file: source.file_name, path: source.dset_name }));
    return {
      shape: found.shape,
      size: found.size,
      signed: found.signed,
      integer: found.type === module.H5T_class_t.H5T_INTEGER.value,
      ...(sources ? { sources } : {}),
    };
  }

  /** A single number; undefined when there is none at that path. */
  number(path: string): number | undefined {
    const [value] = this.#told(() => new this.#hdf5.h5wasm.Dataset(this.#id, path).value);
    const first: unknown = ArrayBuffer.isView(value) ? (value as Float64Array)[0] : value;
    return typeof first === 'number' || typeof first === 'bigint' ? Number(first) : undefined;
  }

  /** A text attribute of an object; undefined when there is none. */
  attribute(path: string, name: string): string | undefined {
    const [value] = this.#told(() => {
      const attribute = new this.#hdf5.h5wasm.Dataset(this.#id, path).attrs[name];
      return attribute?.value;
    });
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'string' ? first : undefined;
  }

  /**
   * Reads a block of values (its shape has one entry a dimension) into the bytes. Returns HDF5's account when it cannot.
   * HDF5 leaves what no chunk was written for as it is, so the bytes are cleared first.
   */
  read(path: string, offset: readonly number[], shape: readonly number[], into: Uint8Array): string | undefined {
    const { module } = this.#hdf5;
    const pointer = module._malloc(into.byteLength);
    if (pointer === 0) return `no memory for ${into.byteLength} bytes`;
    module.HEAPU8.fill(0, pointer, pointer + into.byteLength);
    const strides = shape.map(() => 1n);
    const [status, account] = this.#told(() =>
      module.get_dataset_data(this.#id, path, shape.map(BigInt), offset.map(BigInt), strides, BigInt(pointer)),
    );
    if (status === 0) into.set(module.HEAPU8.subarray(pointer, pointer + into.byteLength));
    module._free(pointer);
    return status === 0 ? undefined : account;
  }

  #told<Result>(call: () => Result): readonly [Result | undefined, string] {
    return this.#hdf5.told(this.path, call);
  }
}
