import { defineError } from '../core/errors.ts';

/** A process ended before it was ready. */
export const partStopped = defineError(
  'services.part-stopped',
  ({ part }: { readonly part: string }) => `${part} ended before it was ready.`,
  'Look at the last lines it wrote; `baton doctor` checks the set-up.',
);
