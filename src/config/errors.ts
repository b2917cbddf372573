import { defineError } from '../core/errors.ts';

/** The configuration file cannot be read. */
export const unreadable = defineError(
  'config.unreadable',
  ({ file, reason }: { readonly file: string; readonly reason: string }) =>
    `The configuration ${file} cannot be read: ${reason}.`,
  'Check the path given with --config, and that the file is YAML.',
);

/** The configuration says something it may not. */
export const invalid = defineError(
  'config.invalid',
  ({ file, problems }: { readonly file: string; readonly problems: readonly string[] }) =>
    `The configuration ${file} is wrong: ${problems.join('; ')}.`,
  'Correct the keys named; docs/configuration.md lists all.',
);
