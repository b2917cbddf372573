import { isObject, type Json, type JsonObject } from '../../../core/json.ts';
import { done, rejected, send } from '../../outcome.ts';
import { defineService } from '../../service.ts';
import { centre, type Grid } from './centring.ts';

interface CentringParameters {
  readonly steps_x: number;
  readonly steps_y: number;
  readonly snaked: boolean;
  readonly orientation: 'horizontal' | 'vertical';
  readonly box_size_px: readonly [number, number];
  readonly snapshot_offset: readonly [number, number];
}

const pair: JsonObject = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 };

/** Joins the analysis of all frames of a grid scan and finds the crystal. */
export const xrayCentring = defineService<CentringParameters>({
  name: 'xray-centring',
  description: 'X-ray centring',
  queue: 'xray_centring',
  joins: true,
  timeout: 60,
  parameters: {
    type: 'object',
    required: ['steps_x', 'steps_y'],
    properties: {
      steps_x: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Boxes of the grid along x.' },
      steps_y: { type: 'integer', minimum: 1, maximum: 10_000, description: 'Boxes of the grid along y.' },
      snaked: {
        type: 'boolean',
        default: false,
        description: 'Whether every second row or column was scanned backwards.',
      },
      orientation: {
        enum: ['horizontal', 'vertical'],
        default: 'horizontal',
        description: 'Whether it was scanned row by row (horizontal) or column by column.',
      },
      box_size_px: { ...pair, default: [1, 1], description: 'The size of a box in pixels of the snapshot, [x, y].' },
      snapshot_offset: {
        ...pair,
        default: [0, 0],
        description: 'The corner of the grid in pixels of the snapshot, [x, y].',
      },
    },
  },
  channels: { result: 'the centre, under the names acquisition software reads' },
  defaultChannel: 'result',
  process({ parameters, members }, { log }) {
    const frames = members.flatMap(({ payload }) => framesIn(payload));
    const size = parameters.steps_x * parameters.steps_y;
    const counts = new Array<number | null>(size).fill(null);
    for (const { number, spots } of frames) {
      if (number > size)
        return rejected(`Frame ${number} does not belong to a grid of ${parameters.steps_x} × ${parameters.steps_y}.`);
      counts[number - 1] = spots;
    }
    if (frames.length === 0) return rejected('There is no analysed frame to centre with.');
    const missing = counts.filter((count) => count === null).length;
    const found = centre(counts, gridOf(parameters));
    log.info({ frames: frames.length, missing, max_count: found.max_count }, 'centring: %s', found.message);
    return done(send({ ...(found as unknown as JsonObject), missing_frames: missing }));
  },
});

function gridOf({ steps_x, steps_y, snaked, orientation, box_size_px, snapshot_offset }: CentringParameters): Grid {
  return { steps: [steps_x, steps_y], snaked, orientation, boxSize: box_size_px, offset: snapshot_offset };
}

interface AnalysedFrame {
  /** Counts from 1. */
  readonly number: number;
  readonly spots: number;
}

/** The frames that a payload tells of: one, or those that an incomplete join had when it closed. */
function framesIn(payload: Json): AnalysedFrame[] {
  if (!isObject(payload)) return [];
  const { 'file-number': number, n_spots_total: spots, payload: joined } = payload;
  if (typeof number === 'number' && number >= 1 && typeof spots === 'number') return [{ number, spots }];
  return isObject(joined) && Array.isArray(joined['members']) ? joined['members'].flatMap(framesIn) : [];
}
