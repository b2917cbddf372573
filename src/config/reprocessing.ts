import type { JsonObject } from '../core/json.ts';
import { standardPace, standardRules } from '../reprocess/standard.ts';
import type { Config } from './config.ts';
import { closed } from './schema-parts.ts';

const standard: Config['reprocessing'] = { ...standardRules, ...standardPace };

/** JSON Schema of `reprocessing` in `baton.yaml`. */
export const reprocessingSchema: JsonObject = {
  description: 'when back-fills wait for live work, and how fast they are',
  ...closed({
    quietSeconds: {
      type: 'number',
      minimum: 0,
      maximum: 86_400,
      default: standard.quietSeconds,
      description: 'so long after a live announcement nothing of a back-fill is started; 0: live data holds nothing',
    },
    queueHigh: {
      type: 'integer',
      minimum: 1,
      default: standard.queueHigh,
      description: 'messages that wait in one queue from which on nothing of a back-fill is started',
    },
    queueLow: {
      type: 'integer',
      minimum: 0,
      default: standard.queueLow,
      description: 'messages at which it is started again; below `queueHigh`',
    },
    runsPerMinute: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 60_000,
      default: standard.runsPerMinute,
      description: 'runs of a back-fill that are started in a minute, where it does not say',
    },
    atOnce: {
      type: 'integer',
      minimum: 1,
      maximum: 10_000,
      default: standard.atOnce,
      description: 'runs of a back-fill that are under way at the same time, where it does not say',
    },
  }),
};

/** What the site does not say is as usual. */
export function reprocessingConfig(read: Partial<Config['reprocessing']> = {}): Config['reprocessing'] {
  return { ...standard, ...read };
}

/** What is wrong with it that its schema does not say. */
export function reprocessingProblems(read?: Partial<Config['reprocessing']>): readonly string[] {
  const { queueHigh, queueLow } = reprocessingConfig(read);
  if (queueLow < queueHigh) return [];
  return [`reprocessing.queueLow (${String(queueLow)}) must be below reprocessing.queueHigh (${String(queueHigh)})`];
}
