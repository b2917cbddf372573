import { defineError } from '../../core/errors.ts';

/** Nobody who lives is meant. */
export const nobodyMeant = defineError(
  'control.nobody-meant',
  (at: { readonly who: string }) => `No service that lives is ${at.who}`,
  'GET /api/services lists those that do; a service is named by its serviceClass, a host as its heartbeats name it.',
);

/** Nothing of what is paused is meant. */
export const notPaused = defineError(
  'control.not-paused',
  (at: { readonly who: string; readonly paused: readonly string[] }) =>
    `Of what is paused nothing is ${at.who}; paused ${at.paused.length === 0 ? 'is nothing' : `are ${at.paused.join(', ')}`}`,
  'Resume what was paused: GET /api/pauses lists it.',
);
