import { defineError } from '../core/errors.ts';

/** A process of the supervisor refused to start; its own words say why. */
export const partRefused = defineError(
  'services.part-refused',
  ({ part, message }: { readonly part: string; readonly message: string; readonly next: string }) =>
    `${part} cannot start: ${message}`,
  'Do what the message says, then start again.',
);

/** A process ended before it was ready. */
export const partStopped = defineError(
  'services.part-stopped',
  ({ part }: { readonly part: string }) => `${part} ended before it was ready.`,
  'Look at the last lines it wrote; `baton doctor` checks the set-up.',
);
