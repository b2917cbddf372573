import type { Parameters } from './operation.ts';

/** What is sent to have something done. */
export const bodies = {
  login: { name: { type: 'string', maxLength: 200 }, password: { type: 'string', maxLength: 1_000 } },
  cancel: { reason: { type: 'string', maxLength: 500, pattern: '\\S' } },
} as const satisfies Readonly<Record<string, Parameters>>;
