import type { BackfillRequest, Pace, RecipeChoice, Selection } from '../../reprocess/views.ts';
import type { Parameters } from './operation.ts';
import { object, oneOf, told, type Fields, type Schema } from './schema.ts';

const words: Schema = { type: 'string', minLength: 1, maxLength: 200 };
const moment: Schema = { type: 'integer', minimum: 0, maximum: 1e14, description: 'milliseconds since 1970 UTC' };

export const sourceStates = ['finished', 'failed', 'cancelled', 'refused'] as const;

export const selectionFields: Fields<Selection> = {
  required: {},
  optional: {
    numbers: { type: 'string', minLength: 1, maxLength: 10_000, description: 'run numbers, such as 4,6-8' },
    beamline: words,
    visit: words,
    collection: words,
    recipe: told(words, 'runs that followed it'),
    state: oneOf(sourceStates, 'refused: announcements of which no run came about'),
    from: told(moment, 'announced then or later'),
    to: told(moment, 'announced before'),
    lacks: told(words, 'collections of which no run ever followed this recipe'),
  },
};

export const choiceFields: Fields<{ readonly use: RecipeChoice['use']; readonly name?: string }> = {
  required: { use: oneOf(['stored', 'current', 'named']) },
  optional: { name: told(words, 'where use is `named`') },
};

export const paceFields: Fields<Pace> = {
  required: {
    runsPerMinute: { type: 'number', exclusiveMinimum: 0, maximum: 60_000 },
    atOnce: told({ type: 'integer', minimum: 1, maximum: 10_000 }, 'runs that are under way at the same time'),
  },
  optional: {},
};

/** What is wished for, as it is sent: nothing else may stand there. */
const request: Readonly<Record<keyof BackfillRequest, Schema>> = {
  selection: { ...object(selectionFields), additionalProperties: false },
  recipe: {
    ...object(choiceFields),
    additionalProperties: false,
    if: { type: 'object', properties: { use: { const: 'named' } } },
    then: { type: 'object', required: ['name'] },
  },
  parameters: { type: 'object', maxProperties: 1_000 },
  pace: { ...object(paceFields), required: [], additionalProperties: false, description: 'absent: as the site has it' },
};

const reason: Schema = { type: 'string', maxLength: 500, pattern: '\\S' };

/** What is sent to have something done with back-fills. */
export const backfillBodies = {
  preview: request,
  create: { ...request, reason, digest: { type: 'string', maxLength: 100, description: 'of the preview' } },
  change: { reason },
  cancel: { reason, running: { type: 'boolean', description: 'whether what is under way is cancelled as well' } },
} satisfies Readonly<Record<string, Parameters>>;
