import type { RerunWish } from '../reruns/views.ts';
import { integer, object, oneOf, told, type Schema } from './schema.ts';

/** Brokers put their default of 4 on messages whose sender names none, so 4 says nothing. */
export const priorities: Schema = { enum: [0, 1, 2, 3, 5, 6, 7, 8, 9], description: 'of STOMP' };

/** Names of parameters, and their values. */
export const parametersSchema: Schema = { type: 'object', maxProperties: 1_000 };

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
