import type { HandAnnouncement } from '../announcing/views.ts';
import type { RerunWish } from '../reruns/views.ts';
import { runStates } from './run-schemas.ts';
import { integer, object, oneOf, told, type Schema } from './schema.ts';

/** Brokers put their default of 4 on messages whose sender names none, so 4 says nothing. */
const priorities: Schema = { enum: [0, 1, 2, 3, 5, 6, 7, 8, 9], description: 'of STOMP' };

/** Names of parameters, and their values. */
const parametersSchema: Schema = { type: 'object', maxProperties: 1_000 };

/** How a run is to be repeated, as it is asked for: nothing else may stand there. */
export const wishSchema: Schema = {
  ...object<RerunWish>({
    required: { part: oneOf(['whole', 'failed', 'from']), recipe: oneOf(['stored', 'current']) },
    optional: {
      step: told(integer, 'where part is `from`'),
      set: parametersSchema,
      unset: { type: 'array', maxItems: 1_000, items: { type: 'string', maxLength: 1_000 } },
      priority: priorities,
    },
  }),
  additionalProperties: false,
  if: { type: 'object', properties: { part: { const: 'from' } } },
  then: { type: 'object', required: ['step'] },
};

const id: Schema = { type: 'string', minLength: 1, maxLength: 1_000 };

/** What is to be done with several runs. */
export const actionSchema: Schema = {
  type: 'object',
  required: ['what'],
  additionalProperties: false,
  properties: { what: oneOf(['cancel', 'rerun']), wish: wishSchema },
  if: { type: 'object', properties: { what: { const: 'rerun' } } },
  then: { type: 'object', required: ['wish'] },
};

/** Which runs: these, or all that the filter finds. */
export const selectionSchema: Schema = {
  type: 'object',
  minProperties: 1,
  maxProperties: 1,
  additionalProperties: false,
  properties: {
    runs: { type: 'array', minItems: 1, maxItems: 1_000, items: id },
    filter: {
      type: 'object',
      additionalProperties: false,
      properties: {
        state: oneOf(runStates),
        ...Object.fromEntries(['beamline', 'visit', 'text'].map((name) => [name, { type: 'string', maxLength: 200 }])),
        ...Object.fromEntries(['overBudget', 'addressed'].map((name) => [name, { type: 'boolean' }])),
        ...Object.fromEntries(['from', 'to'].map((name) => [name, { type: 'integer', minimum: 0, maximum: 9e15 }])),
      },
    },
  },
};

/** Runs, each with what was shown of it. */
export const plannedRunsSchema: Schema = {
  type: 'array',
  minItems: 1,
  maxItems: 200,
  items: {
    type: 'object',
    required: ['run', 'plan'],
    additionalProperties: false,
    properties: { run: id, plan: { type: 'string', maxLength: 100 } },
  },
};

/** An announcement that somebody makes. */
export const announcementSchema: Schema = {
  ...object<HandAnnouncement>({
    required: { queue: oneOf(['data-collection', 'processing_recipe']), parameters: parametersSchema },
    optional: {
      recipes: { type: 'array', maxItems: 100, items: { type: 'string', maxLength: 200 } },
      lane: oneOf(['live', 'reprocessing']),
      priority: priorities,
    },
  }),
  additionalProperties: false,
};
