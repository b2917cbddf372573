import type { DifferenceInWords } from '../../recipes/diff-words.ts';
import type { ParameterField } from '../announcing/announcing-site.ts';
import type { ParameterChange, RerunPreview, RerunRecipe, StartedView } from '../reruns/views.ts';
import { runStates } from './run-schemas.ts';
import {
  anyObject,
  anything,
  count,
  integer,
  listOf,
  object,
  oneOf,
  refTo,
  text,
  told,
  type Schema,
} from './schema.ts';

const fieldSchema: Schema = object<ParameterField>({
  required: { name: text, usedBy: listOf(text, 'where recipes use it') },
  optional: {
    type: oneOf(['number', 'integer', 'string', 'boolean']),
    description: text,
    choices: listOf(anything),
    minimum: { type: 'number' },
    maximum: { type: 'number' },
    value: told(anything, 'absent where the announcement gives none'),
  },
});

/** Reruns, by the names of their types. */
export const rerunSchemas: Readonly<Record<string, Schema>> = {
  RerunPreview: object<RerunPreview>(
    {
      required: {
        run: text,
        state: oneOf(runStates),
        wish: anyObject,
        messages: told(count, 'that the new run begins with'),
        steps: listOf(refTo('RerunStep')),
        begins: listOf(refTo('RerunMessage'), 'the first 50 of these messages'),
        recipes: listOf(
          object<RerunRecipe>({
            required: { name: text, stored: told(text, 'the hash of its meaning') },
            optional: { current: text, differences: listOf(refTo('DifferenceInWords')), trouble: text },
          }),
        ),
        parameters: anyObject,
        changes: listOf(
          object<ParameterChange>({ required: { name: text }, optional: { before: anything, after: anything } }),
        ),
        fields: listOf(refTo('ParameterField')),
        priority: integer,
        notes: listOf(text),
        plan: told(text, 'names exactly this: what is started is this, or nothing'),
      },
      optional: { announcement: told(anyObject, 'without the id of the new run; where it was asked for') },
    },
    'Exactly what would start.',
  ),
  DifferenceInWords: object<DifferenceInWords>({
    required: { kind: oneOf(['added', 'removed', 'renumbered', 'changed']), where: text },
    optional: { before: text, after: text },
  }),
  ParameterField: fieldSchema,
  StartedView: object<StartedView>({
    required: {
      run: told(text, 'the id of the new run'),
      status: oneOf(['accepted', 'refused', 'duplicate', 'waiting'], 'waiting: no dispatcher has answered yet'),
    },
    optional: { reason: text, next: text },
  }),
};
