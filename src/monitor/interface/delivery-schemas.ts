import { finalOutcomes } from '../../services/record.ts';
import type { DeliveryTimes, PhaseLoad, Spread, StepWaterfall, Waterfall } from '../api.ts';
import { noSuchRun } from '../errors.ts';
import type { Operations, Parameters } from './operation.ts';
import { count, integer, listOf, number, object, oneOf, refTo, text, time, told, type Schema } from './schema.ts';

const outcome = oneOf([...finalOutcomes, 'later', 'retry']);
const ofStep: Schema = { type: 'integer', minimum: 0, maximum: 1e9, description: 'of this step' };

/** What is asked of the deliveries of a run; `ofPages` is what every list takes. */
export function deliveryOperations(ofPages: Parameters): Operations {
  return {
    'GET /api/runs/{run}/deliveries': {
      summary: 'The deliveries of a run, the latest first; a page may have fewer than the limit, and a next one',
      needs: 'viewer',
      query: { step: ofStep, outcome: told(outcome, 'that ended so'), ...ofPages },
      answer: {
        type: 'object',
        required: ['items'],
        properties: {
          items: listOf(refTo('DeliveryView')),
          next: told(text, 'the cursor of the next page; absent on the last'),
        },
      },
      errors: [noSuchRun],
    },
    'GET /api/runs/{run}/waterfall': {
      summary: 'Where the time of a run went: by step, and of the deliveries that took longest',
      needs: 'viewer',
      query: { step: told(ofStep, 'single deliveries of this step only') },
      answer: refTo('Waterfall'),
      errors: [noSuchRun],
    },
  };
}

const spread = object<Spread>({
  required: { p50: told(number, 'ms; half took at most so long'), max: told(number, 'ms') },
  optional: {},
});

const slices = listOf(told(number, 'messages at the same time, on average over the slice'));

const step = object<StepWaterfall>({
  required: {
    ...{ step: integer, service: text, deliveries: count },
    waiting: told(spread, 'in the broker, or parked'),
    held: told(spread, 'by the service, until it began'),
    running: spread,
    load: object<PhaseLoad>({ required: { waiting: slices, held: slices, running: slices }, optional: {} }),
  },
  optional: {},
});

const times = object<DeliveryTimes>({
  required: {
    ...{ id: text, key: text, step: integer, attempt: count, outcome },
    since: told(time, 'sent, or put off for the last time'),
    ...{ received: time, started: time, finished: time },
  },
  optional: {},
});

/** The types of the answers that belong to nothing else. */
export const deliverySchemas: Readonly<Record<string, Schema>> = {
  Waterfall: object<Waterfall>({
    required: {
      ...{ run: text, from: time, to: time },
      deliveries: told(count, 'that were looked at, the latest'),
      of: told(count, 'deliveries of the run'),
      slices: told(count, 'equal parts of the time from `from` to `to`'),
      steps: listOf(step),
      longest: listOf(times, 'those that took longest, in the order of time: at most 60'),
    },
    optional: {},
  }),
};
