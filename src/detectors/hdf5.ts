import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collapsed } from './errors.ts';

type H5wasm = typeof import('h5wasm/node');
type Module = H5wasm['Module'];

/** The HDF5 library of this thread. */
export interface Hdf5Library {
  readonly h5wasm: H5wasm;
  readonly module: Module;
  /**
   * Runs a call that concerns a file and returns what it returned, or undefined when it threw, with HDF5's own account of
   * what went wrong. Throws `detectors.collapsed` when the file brought the library down.
   */
  readonly told: <Result>(file: string, call: () => Result) => readonly [result: Result | undefined, account: string];
}

let library: Promise<Hdf5Library> | undefined;
let loaded = 0;

/** HDF5 with bitshuffle and the other filters that detectors use; loaded once a thread, on first use (75 ms). */
export function loadHdf5(): Promise<Hdf5Library> {
  library ??= load();
  return library;
}

async function load(): Promise<Hdf5Library> {
  loaded += 1;
  // Another query makes another module, with memory of its own.
  const h5wasm = (await import(`${import.meta.resolve('h5wasm/node')}?${loaded}`)) as H5wasm;
  const module = await h5wasm.ready;
  const plugins = dirname(fileURLToPath(import.meta.resolve('h5wasm-plugins')));
  module.insert_plugin_search_path(join(plugins, 'plugins'), 0);
  const files = module.FS as unknown as Files;
  const beforeCall = endHopelessRetries(files);
  const said = captureStandardError(files);
  let standing = true;
  return {
    h5wasm,
    module,
    told: (file, call) => {
      if (!standing) throw collapsed({ file, found: 'another file had damaged the library' });
      beforeCall();
      said.length = 0;
      let result;
      try {
        result = call();
      } catch (error) {
        if (error instanceof Error && error.name === 'RuntimeError') {
          standing = false;
          library = undefined;
          throw collapsed({ file, found: error.message }, { cause: error });
        }
        said.push(String(error));
      }
      return [result, accountOf(said.join(''))];
    },
  };
}

/**
 * HDF5 prints its error stack to file descriptor 2, in C. It is kept instead, to stand in our own errors. (h5wasm's
 * `activate_throwing_error_handler` is no way to get it: it throws through C code that then closes nothing, and leaks a
 * descriptor and an open data set with each error.)
 */
function captureStandardError(files: Files): string[] {
  const said: string[] = [];
  const { write } = files;
  files.write = (stream, buffer, offset, length, position) => {
    if (stream.fd !== 2) return write(stream, buffer, offset, length, position);
    said.push(Buffer.from(buffer.subarray(offset, offset + length)).toString('latin1'));
    return length;
  };
  return said;
}

/** A torn read heals within microseconds; the waits before the 24 tries add up to 17 ms. */
const mostTries = 24;

/**
 * Under SWMR, HDF5 reads metadata whose checksum is wrong again, up to 100 times, and waits twice as long each time: for
 * a file that is damaged, years, in a loop that nothing can interrupt. Here a call may read one place of a file so often
 * and not again. Returns what to do before each call.
 */
function endHopelessRetries(files: Files): () => void {
  const tries = new Map<string, number>();
  const { read } = files;
  files.read = (stream, buffer, offset, length, position) => {
    const place = `${stream.fd} ${position}`;
    const count = (tries.get(place) ?? 0) + 1;
    tries.set(place, count);
    if (count <= mostTries) return read(stream, buffer, offset, length, position);
    throw Object.assign(new Error('read again and again'), { name: 'ErrnoError', errno: inputOutputError });
  };
  return () => tries.clear();
}

/** EIO, as WASI numbers it. */
const inputOutputError = 29;

/** The part of Emscripten's file system through which all of HDF5's reads and writes go. */
interface Files {
  read: Transfer;
  write: Transfer;
}

type Transfer = (
  stream: { readonly fd: number },
  buffer: Int8Array,
  offset: number,
  length: number,
  position?: number,
) => number;

/** The innermost line of an HDF5 error stack: `#003: …/H5Fsuper.c line 420 in H5F__super_read(): file signature not found`. */
function accountOf(stack: string): string {
  const lines = [...stack.matchAll(/#\d{3}: .*? in \w+\(\): (.*)/g)].map((match) => match[1] ?? '');
  return lines.at(-1) ?? stack.trim();
}
