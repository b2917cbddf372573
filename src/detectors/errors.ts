import { defineError } from '../core/errors.ts';

/** A file, or the frame of a data set, does not exist (yet). */
export const absent = defineError<{ readonly file: string; readonly what: string }>(
  'detectors.absent',
  ({ file, what }) => `${what} is not there: ${file}.`,
  'Wait for the detector to write it, or check the name; data on another disk may not be mounted here.',
);

/** A file is there and cannot be read as what its name says. */
export const unreadable = defineError<{ readonly file: string; readonly expected: string; readonly found: string }>(
  'detectors.unreadable',
  ({ file, expected, found }) => `${file} cannot be read: expected ${expected}, found ${found}.`,
  'Check that the file was copied whole; if it is still being written, try again when it is complete.',
);

/** The HDF5 library itself fell over a file; the thread has a new one from now on. */
export const collapsed = defineError<{ readonly file: string; readonly found: string }>(
  'detectors.collapsed',
  ({ file, found }) => `${file} cannot be read: HDF5 fell over it (${found}).`,
  'The file is damaged: copy it again from the detector. Other data sets that were being read need one more try.',
);

/** The name of a file says nothing that Baton can read. */
export const unknownForm = defineError<{ readonly file: string }>(
  'detectors.unknown-form',
  ({ file }) => `${file} is no form of frames that Baton reads: expected .h5, .hdf5, .nxs, .cbf or .cbf.gz.`,
  'Name the master file of an HDF5 data set, or the CBF frames.',
);

/** Frames could not be written. */
export const unwritable = defineError<{ readonly file: string; readonly what: string; readonly found: string }>(
  'detectors.unwritable',
  ({ file, what, found }) => `${what} could not be written to ${file}: ${found}.`,
  'Check that the folder exists, is writable, and has space left.',
);
