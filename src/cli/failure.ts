import { BatonError } from '../core/errors.ts';
import type { Answer } from '../rehearsal/announcer.ts';
import { notStarted, runFailed } from './errors.ts';

/** The error that an answer means for whoever announced; undefined when it means none. */
export function failureOf({ status, run, reason = 'no reason was given', next }: Answer): BatonError | undefined {
  switch (status) {
    case 'refused':
    case 'duplicate': {
      const parts = notStarted({ status, run, reason }).parts();
      return BatonError.of(next === undefined ? parts : { ...parts, next });
    }
    case 'failed':
      return runFailed({ run, reason });
    default:
      return undefined;
  }
}
