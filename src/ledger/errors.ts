import { defineError } from '../core/errors.ts';

/** Another process writes this store. */
export const taken = defineError(
  'ledger.taken',
  (at: { readonly folder: string }) => `Another ledger is running on the store ${at.folder}; a store has one ledger`,
  'Stop the other one, or give this one a store of its own with --store.',
);

/** The store was written by a later release, in a format that this one does not know. */
export const newer = defineError(
  'ledger.newer',
  (at: { readonly folder: string; readonly found: number; readonly known: number }) =>
    `The store ${at.folder} has format ${String(at.found)}; this release knows formats up to ${String(at.known)}`,
  'Use the release that wrote it, or a later one.',
);

/** The file is there and is not a ledger's. */
export const unreadable = defineError(
  'ledger.unreadable',
  (at: { readonly file: string; readonly reason: string }) => `The ledger ${at.file} cannot be opened: ${at.reason}`,
  'Check that the folder can be written and that the file is a ledger; restore it from a back-up if it is damaged.',
);
