import { openCbfSeries } from './cbf-series.ts';
import { unknownForm } from './errors.ts';
import type { FrameSource } from './frame.ts';
import { openNexus } from './nexus.ts';

/**
 * Opens the frames of a data set by the name of its file: NeXus/HDF5 (the master file), CBF or packed CBF, where a list or
 * a pattern such as `scan_%05d.cbf` makes a series. Throws `detectors.absent` while there is nothing there yet.
 */
export async function openFrames(path: string | readonly string[]): Promise<FrameSource> {
  const name = typeof path === 'string' ? path : (path[0] ?? '');
  if (/\.cbf(\.gz)?$/i.test(name)) return openCbfSeries(path);
  if (/\.(h5|hdf5|nxs)$/i.test(name)) return openNexus(name);
  throw unknownForm({ file: name });
}
