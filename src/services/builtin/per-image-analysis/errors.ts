import { defineError } from '../../../core/errors.ts';

/** The thread that analysed a frame ended before it was done. */
export const workerLost = defineError<{ readonly file: string; readonly index: number; readonly found: string }>(
  'per-image-analysis.worker-lost',
  ({ file, index, found }) => `The analysis of frame ${index + 1} of ${file} was lost: ${found}.`,
  'Try again; if it is always this frame, look whether the file is damaged.',
);
