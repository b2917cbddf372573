import { isObject, type JsonObject } from '../../../core/json.ts';
import { done, rejected, send } from '../../outcome.ts';
import { defineService } from '../../service.ts';
import { defaultParameters, type AnalysisParameters } from './parameters.ts';
import { createAnalysisPool } from './pool.ts';

/** Threads for a process that computes, when its settings name none. */
const standardThreads = 2;

/** Finds spots in one frame a message, on all cores it is given. Its process has nothing else to do. */
export const perImageAnalysis = defineService<AnalysisParameters>({
  name: 'per-image-analysis',
  description: 'Per-image analysis',
  queue: 'per_image_analysis',
  concurrency: 2 * standardThreads,
  timeout: 120,
  retry: { attempts: 4, delay: 0.5, factor: 3 },
  parameters: {
    type: 'object',
    properties: {
      window: {
        type: 'integer',
        minimum: 3,
        maximum: 31,
        not: { multipleOf: 2 },
        default: defaultParameters.window,
        description: 'Side of the square of pixels that each pixel is compared with; odd.',
      },
      sigma_background: {
        type: 'number',
        minimum: 0,
        default: defaultParameters.sigma_background,
        description: 'By how many standard deviations the square must be more dispersed than background.',
      },
      sigma_strong: {
        type: 'number',
        minimum: 0,
        default: defaultParameters.sigma_strong,
        description: 'By how many standard deviations a pixel must be above the mean of its square.',
      },
      min_spot_size: {
        type: 'integer',
        minimum: 1,
        default: defaultParameters.min_spot_size,
        description: 'Strong pixels of the smallest spot.',
      },
      max_spot_size: {
        type: 'integer',
        minimum: 1,
        default: defaultParameters.max_spot_size,
        description: 'Strong pixels of the largest spot.',
      },
      d_min: { type: 'number', exclusiveMinimum: 0, description: 'Pixels of finer resolution do not count, in Å.' },
      d_max: { type: 'number', exclusiveMinimum: 0, description: 'Pixels of coarser resolution do not count, in Å.' },
    },
  },
  channels: { result: 'the message about the frame, with its spots' },
  defaultChannel: 'result',
  start: ({ settings }) => {
    const pool = createAnalysisPool({ threads: Number(settings['threads'] ?? standardThreads) });
    return Promise.resolve({
      async process({ parameters, payload }, { signal }) {
        const frame = frameOf(payload);
        if (typeof frame === 'string') return rejected(frame);
        const { spots, strongPixels, resolution } = await pool.analyse({ ...frame, parameters }, signal);
        // The names that Zocalo's services use.
        const found = { n_spots_total: spots, n_strong_pixels: strongPixels, estimated_d_min: resolution ?? null };
        return done(send({ ...(payload as JsonObject), ...found }));
      },
      stop: async () => pool.close(),
    });
  },
});

/** Which frame the message is about: a file that holds one, or a place in an HDF5 data set; or what is wrong with it. */
function frameOf(payload: unknown): { readonly file: string; readonly index: number } | string {
  if (!isObject(payload) || typeof payload['file'] !== 'string')
    return 'Expected a payload with "file", the path of a frame.';
  const { file, 'hdf5-index': index = 0 } = payload;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0)
    return `Expected "hdf5-index" to be a whole number from 0, got ${JSON.stringify(index)}.`;
  return { file, index };
}
