import { defineError } from '../core/errors.ts';

/** The folder has no scan that can be replayed. */
export const nothingToReplay = defineError(
  'rehearsal.nothing-to-replay',
  ({ folder, reason }: { readonly folder: string; readonly reason: string }) =>
    `There is no scan to replay in ${folder}: ${reason}.`,
  'Name a folder with the numbered frames of one scan, such as scan_0001.cbf or scan_0001.cbf.gz.',
);
