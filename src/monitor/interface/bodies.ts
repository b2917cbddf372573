import type { Parameters } from './operation.ts';
import { actionSchema, announcementSchema, plannedRunsSchema, selectionSchema, wishSchema } from './wish-schema.ts';

/** What is longer is read as far as to say so. */
const recipeText = { type: 'string', maxLength: 2_000_000 } as const;

const reason = { type: 'string', maxLength: 500, pattern: '\\S' } as const;
/** As many as one was told of. */
const letters = { type: 'integer', minimum: 1, maximum: 1e9 } as const;
const plan = { type: 'string', maxLength: 100, description: 'of the preview' } as const;
const key = {
  ...{ type: 'string', minLength: 8, maxLength: 100 },
  description: 'whoever sends the same twice does it once',
} as const;

/** What is sent to have something done. */
export const bodies = {
  login: { name: { type: 'string', maxLength: 200 }, password: { type: 'string', maxLength: 1_000 } },
  recipeText: { text: recipeText },
  recipeTrial: { run: { type: 'string', minLength: 1, maxLength: 1_000 }, text: recipeText },
  savedRecipe: { text: recipeText, reason: { type: 'string', maxLength: 500, pattern: '\\S' } },
  remark: { text: { type: 'string', maxLength: 4_000, pattern: '\\S' } },
  serviceOrder: {
    service: { type: 'string', minLength: 1, maxLength: 300, description: 'a serviceClass, or * for all' },
    host: { type: 'string', minLength: 1, maxLength: 300, description: 'a machine, a host.pid, or * for all' },
    reason: { type: 'string', maxLength: 500, pattern: '\\S' },
  },
  rerunPreview: { wish: wishSchema, announcement: { type: 'boolean' } },
  rerun: { wish: wishSchema, reason, plan, key },
  bulkPreview: { action: actionSchema, selection: selectionSchema },
  bulk: { action: actionSchema, runs: plannedRunsSchema, reason, key },
  announcePreview: { announcement: announcementSchema },
  announce: { announcement: announcementSchema, reason, plan, key },
  addressFailures: { reason, upTo: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } },
  purgeLetters: { reason, count: letters },
  releaseLetters: { reason, count: letters, rate: { type: 'integer', minimum: 1, maximum: 10_000 } },
  cancel: { reason: { type: 'string', maxLength: 500, pattern: '\\S' } },
} as const satisfies Readonly<Record<string, Parameters>>;
