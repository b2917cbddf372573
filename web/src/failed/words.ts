import type { CanaryOutcome, FailureGroup, LetterAction, LetterActionKind } from '../../../src/monitor/api.ts';
import { plural } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';

const state = (word: string, shape: StateWord['shape'], tone: StateWord['tone']): StateWord => ({ word, shape, tone });

/** How actions on letters ended. */
export const actionStates: Readonly<Record<LetterAction['state'], StateWord>> = {
  running: state('under way', 'dot', 'active'),
  ended: state('done', 'check', 'good'),
  interrupted: state('interrupted', 'slash', 'quiet'),
  stopped: state('stopped: they died again', 'cross', 'bad'),
  failed: state('failed', 'cross', 'bad'),
};

/** What became of a canary. */
export const canaryStates: Readonly<Record<CanaryOutcome['state'], StateWord>> = {
  waiting: state('on its way', 'clock', 'active'),
  trying: state('being tried again', 'clock', 'warn'),
  well: state('the canary is well', 'check', 'good'),
  failed: state('the canary failed again', 'cross', 'bad'),
  unknown: state('sent; nothing here tells what becomes of it', 'info', 'quiet'),
};

export const actionNames: Readonly<Record<LetterActionKind, string>> = {
  canary: 'Canary',
  release: 'Release',
  purge: 'Purge',
};

/** What the messages of a group have in common; of one alone, the whole message. */
export function headingOf({ open, addressed, pattern, message }: FailureGroup): string {
  return (open + addressed === 1 ? message : pattern) || 'no message';
}

/** Where failures of a group happened. */
export function placeOf({ step, service, queue }: FailureGroup): string {
  if (step === undefined) return queue ?? 'somewhere';
  return service === undefined ? `step ${step}` : `step ${step}, ${service}`;
}

/**
 * Failures, and how many runs they are of. A message of no step comes from no run: what a refused announcement names was
 * never started.
 */
export function failuresOf(failures: string, { step }: Pick<FailureGroup, 'step'>, runs: number): string {
  return step === undefined || runs === 0 ? failures : `${failures} of ${plural(runs, 'run')}`;
}

/** Where the messages are. */
export function lettersOf({ open, letters }: FailureGroup): string {
  if (open === 0) return 'all addressed';
  if (letters === open) return open === 1 ? 'its letter is in the broker' : 'all letters are in the broker';
  return letters === 0 ? 'no letter is in the broker' : `${plural(letters, 'letter')} in the broker`;
}
