import { defineError } from '../core/errors.ts';
import { didYouMean } from '../core/nearest.ts';

/** The file with users, tokens and the audit cannot be used. */
export const unusable = defineError(
  'access.unusable',
  ({ file, reason }: { readonly file: string; readonly reason: string }) =>
    `The store of users and tokens, ${file}, cannot be used: ${reason}`,
  'Run the command as the account that Baton runs as; the folder and its files belong to it alone.',
);

/** The file was written by a later release. */
export const newer = defineError(
  'access.newer',
  ({ file, format }: { readonly file: string; readonly format: number }) =>
    `The store of users and tokens, ${file}, has the format ${String(format)} of a later release`,
  'Use that release, or a back-up from before it.',
);

/** The name is no name of a user or a token. */
export const badName = defineError(
  'access.bad-name',
  ({ name }: { readonly name: string }) =>
    `${JSON.stringify(name.slice(0, 100))} is no name: expected 1 to 64 letters, digits and . _ - @ +, a letter or digit first`,
  'Choose another name.',
);

/** There is a user of that name. */
export const userExists = defineError(
  'access.user-exists',
  ({ name }: { readonly name: string }) => `There is a user ${name} already`,
  'Change the role with `baton user role`, the password with `baton user password`.',
);

/** There is no user of that name. */
export const noSuchUser = defineError(
  'access.no-such-user',
  ({ name, known }: { readonly name: string; readonly known: readonly string[] }) =>
    `There is no user ${JSON.stringify(name)}${didYouMean(name, known)}`,
  '`baton user list` lists them.',
);

/** The password is too short or too long. */
export const badPassword = defineError(
  'access.bad-password',
  ({ reason }: { readonly reason: string }) => `The password ${reason}`,
  'Choose one of 12 to 200 characters: some words in a row are easy to remember.',
);

/** There is a token of that name. */
export const tokenExists = defineError(
  'access.token-exists',
  ({ name }: { readonly name: string }) => `There is a token ${name} already`,
  'Choose another name, or revoke the old one first with `baton token revoke`.',
);

/** There is no token of that name. */
export const noSuchToken = defineError(
  'access.no-such-token',
  ({ name, known }: { readonly name: string; readonly known: readonly string[] }) =>
    `There is no token ${JSON.stringify(name)}${didYouMean(name, known)}`,
  '`baton token list` lists them.',
);

/** More passwords are to be checked at once than is good for the monitor. */
export const busy = defineError(
  'access.busy',
  () => 'Too many are logging in at this moment',
  'Try again in a few seconds.',
);
