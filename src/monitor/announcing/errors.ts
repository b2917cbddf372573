import { defineError } from '../../core/errors.ts';

/** The monitor runs alone. */
export const noAnnouncing = defineError(
  'announcing.not-here',
  () => 'This monitor was started without the recipes of a site, and can neither announce nor repeat runs',
  'Ask the monitor that `baton up` starts, or use `baton announce`.',
);
