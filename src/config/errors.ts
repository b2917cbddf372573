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

/** A file with a passcode, or of TLS, cannot be used. */
export const secretUnusable = defineError(
  'config.secret-unusable',
  ({ key, file, reason }: { readonly key: string; readonly file: string; readonly reason: string }) =>
    `The file ${file}, which ${key} names, cannot be used: ${reason}.`,
  'Correct the path, or the file: a passcode is its first line. The account that Baton runs as has to be able to read it.',
);
