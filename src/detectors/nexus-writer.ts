import { rename } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { unwritable } from './errors.ts';
import { bitshuffleLz4, createGroup, createHdf5File } from './hdf5-creation.ts';
import { loadHdf5, type Hdf5Library } from './hdf5.ts';
import { writeMaster, type MasterContent } from './nexus-master.ts';

/** What the files of a data set are made for. */
export interface NexusWriterOptions extends MasterContent {
  readonly folder: string;
  /** The files are `NAME_master.h5` and `NAME_data_000001.h5`, … */
  readonly name: string;
  /** At most so many in one data file; 1000 when absent. */
  readonly framesPerFile?: number;
}

/** Writes frames one by one; each can be read by other processes as soon as `write` has returned. */
export interface NexusWriter extends AsyncDisposable {
  readonly master: string;
  write(pixels: Uint16Array | Uint32Array): Promise<void>;
  close(): Promise<void>;
}

/**
 * Writes a data set as EIGER detectors do: a master file with the geometry, the mask and links to data files, which grow
 * under SWMR, one bitshuffle-LZ4 compressed chunk a frame. The master appears, whole, when the first data file is there.
 */
export async function createNexusWriter(options: NexusWriterOptions): Promise<NexusWriter> {
  const hdf5 = await loadHdf5();
  const folder = resolve(options.folder);
  const master = join(folder, `${options.name}_master.h5`);
  const perFile = options.framesPerFile ?? 1000;
  const dataFiles = Array.from(
    { length: Math.max(1, Math.ceil(options.frames / perFile)) },
    (_, index) => `${options.name}_data_${String(index + 1).padStart(6, '0')}.h5`,
  );
  let data = await startDataFile(hdf5, join(folder, dataFiles[0] ?? ''), options);
  await writeMaster(hdf5, master, dataFiles, options);
  let written = 0;
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    data.close();
  };
  return {
    master,
    write: async (pixels) => {
      if (written === options.frames) {
        throw unwritable({ file: master, what: 'A frame', found: `all ${options.frames} that were due are there` });
      }
      if (written > 0 && written % perFile === 0) {
        data.close();
        data = await startDataFile(hdf5, join(folder, dataFiles[written / perFile] ?? ''), options);
      }
      data.append(pixels);
      written += 1;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface DataFile {
  append(pixels: Uint16Array | Uint32Array): void;
  close(): void;
}

async function startDataFile(hdf5: Hdf5Library, path: string, options: NexusWriterOptions): Promise<DataFile> {
  const { module } = hdf5;
  const { width, height, bits } = options;
  const unfinished = `${path}.unfinished`;
  const file = createHdf5File(hdf5, unfinished);
  const entry = createGroup(file, 'entry', 'NXentry');
  const empty = bits === 16 ? new Uint16Array(0) : new Uint32Array(0);
  createGroup(entry, 'data', 'NXdata').create_dataset({
    name: 'data',
    data: empty,
    shape: [0, height, width],
    maxshape: [null, height, width],
    chunks: [1, height, width],
    ...bitshuffleLz4,
  });
  if (file.start_swmr_write() < 0) throw unwritable({ file: path, what: 'Frames', found: 'HDF5 refused SWMR' });
  // Under its own name only now: a file that is being made cannot be opened by readers.
  await rename(unfinished, path);
  const bytes = width * height * (bits / 8);
  const pointer = module._malloc(bytes);
  const name = '/entry/data/data';
  const frame = [1n, BigInt(height), BigInt(width)];
  let count = 0n;
  return {
    append: (pixels) => {
      if (pixels.byteLength !== bytes) {
        throw unwritable({ file: path, what: 'A frame', found: `${pixels.byteLength} bytes where ${bytes} were due` });
      }
      module.HEAPU8.set(new Uint8Array(pixels.buffer, pixels.byteOffset, bytes), pointer);
      const [status, account] = hdf5.told(
        path,
        () =>
          module.resize_dataset(file.file_id, name, [count + 1n, BigInt(height), BigInt(width)]) ||
          module.set_dataset_data(file.file_id, name, frame, [count, 0n, 0n], [1n, 1n, 1n], BigInt(pointer)) ||
          module.flush(file.file_id),
      );
      if (status !== 0) throw unwritable({ file: path, what: `Frame ${count + 1n}`, found: account });
      count += 1n;
    },
    close: () => {
      module._free(pointer);
      file.close();
    },
  };
}
