/** How long to wait between attempts: the n-th wait is `delay · factor^(n-1)`, at most `maxDelay` (all in seconds). */
export interface Backoff {
  readonly delay: number;
  readonly factor: number;
  readonly maxDelay: number;
}

/** Seconds to wait after the n-th attempt (n from 1) failed. */
export function backoffSeconds(backoff: Backoff, attempt: number): number {
  return Math.min(backoff.maxDelay, backoff.delay * backoff.factor ** (attempt - 1));
}

/** The same wait spread over 50 % to 100 % of itself, so that many clients do not come back in the same instant. */
export function jittered(seconds: number, random: () => number = Math.random): number {
  return seconds * (0.5 + random() / 2);
}
