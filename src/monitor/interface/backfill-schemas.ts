import type {
  BackfillPreview,
  BackfillRun,
  BackfillView,
  Estimate,
  ItemCounts,
  LeftOut,
  ParameterField,
  SourceRun,
} from '../../reprocess/views.ts';
import type { CancelledBackfill } from '../api.ts';
import { choiceFields, paceFields, selectionFields, sourceStates } from './backfill-bodies.ts';
import {
  anyObject,
  anything,
  count,
  integer,
  listOf,
  number,
  object,
  oneOf,
  refTo,
  text,
  time,
  told,
  type Schema,
} from './schema.ts';

export const itemStates = [
  ...['waiting', 'announcing', 'announced', 'running'],
  ...['finished', 'failed', 'cancelled', 'refused', 'withdrawn'],
];

const seconds = told(number, 'seconds');

const estimate = object<Estimate>({
  required: { runs: count, steps: count, messages: count, seconds: told(number, 'until the last has ended') },
  optional: { secondsEach: told(number, 'that one run takes; absent where none has ended yet') },
});

const counts = object<ItemCounts>({
  required: {
    waiting: count,
    announcing: told(count, 'it is on disk that they are about to be announced'),
    announced: told(count, 'the broker has it, and the ledger has not told of them'),
    running: count,
    finished: count,
    failed: count,
    cancelled: count,
    refused: count,
    withdrawn: told(count, 'never announced, as their back-fill was cancelled'),
  },
  optional: {},
});

const request = {
  selection: object(selectionFields),
  recipe: object(choiceFields),
  parameters: anyObject,
  pace: object(paceFields),
};

const held: Schema = {
  description: 'why nothing is started at the moment, though nobody has paused it',
  type: 'object',
  required: ['why', 'since'],
  properties: {
    why: oneOf(['live', 'waiting', 'deep', 'broker', 'ledger', 'queues']),
    since: time,
    until: time,
    beamlines: listOf(text),
    queue: text,
    messages: count,
  },
};

/** Of back-fills, by the names of the types. */
export const backfillSchemas: Readonly<Record<string, Schema>> = {
  BackfillPreview: object<BackfillPreview & { readonly pace: BackfillView['pace'] }>({
    required: {
      estimate,
      runs: listOf(
        object<SourceRun>({
          required: { run: text, state: oneOf(sourceStates), announced: time, recipes: listOf(text) },
          optional: { beamline: text, visit: text, collection: text, number: text },
        }),
        'in the order in which they would start; the first hundred',
      ),
      leftOut: listOf(
        object<LeftOut>({
          required: { reason: text, runs: count, such: told(listOf(text), 'some of them') },
          optional: {},
        }),
        'selected, and not to be repeated',
      ),
      fields: listOf(
        object<ParameterField>({
          required: { name: text, usedBy: listOf(text), values: listOf(anything), givenBy: count },
          optional: {
            type: oneOf(['number', 'integer', 'string', 'boolean']),
            description: text,
            choices: listOf(anything),
            minimum: number,
            maximum: number,
          },
        }),
        'parameters that may be edited',
      ),
      digest: told(text, 'names exactly these runs'),
      pace: request.pace,
    },
    optional: {
      gaps: told(text, 'run numbers of which there is no run'),
      changedRecipes: listOf(
        object<NonNullable<BackfillPreview['changedRecipes']>[number]>({
          required: { name: text, runs: count, example: told(text, 'a run to compare it by') },
          optional: {},
        }),
        'recipes that mean something else today than they did for the runs',
      ),
    },
  }),
  BackfillView: object<BackfillView>({
    required: {
      ...request,
      id: text,
      state: oneOf(['running', 'paused', 'cancelled', 'finished']),
      created: time,
      creator: text,
      reason: text,
      estimate,
      counts,
    },
    optional: {
      held,
      ended: time,
      secondsLeft: seconds,
      changed: object<NonNullable<BackfillView['changed']>>({
        required: { time, by: text, why: text },
        optional: {},
      }),
    },
  }),
  BackfillRun: object<BackfillRun>({
    required: { n: integer, source: text, run: text, state: oneOf(itemStates) },
    optional: { number: text, collection: text, announced: time, reason: text },
  }),
  CancelledBackfill: object<CancelledBackfill>({
    required: { backfill: refTo('BackfillView'), runs: told(count, 'that were under way, and are cancelled') },
    optional: {},
  }),
};
