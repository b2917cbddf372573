import { defineError } from '../core/errors.ts';

/** An announcement that cannot be understood or may not be asked for: refused, with what was wrong. */
export const badRequest = defineError<{ where: string; expected: string; found: string }>(
  'dispatcher.bad-request',
  ({ where, expected, found }) => `${where} of the announcement: expected ${expected}, got ${found}.`,
  'Correct the announcement and send it again; docs/announcements.md has the form.',
);

/** `rules.yaml` cannot be used: lists everything that is wrong with it, by line. */
export const badRules = defineError<{ file: string; problems: readonly string[] }>(
  'dispatcher.bad-rules',
  ({ file, problems }) => `${file} cannot be used: ${problems.join('; ')}.`,
  'Correct the lines named; docs/rules.md has the form.',
);
