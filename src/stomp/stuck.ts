import type { Clock } from '../core/clock.ts';
import { slept } from './heart-beat.ts';

/** What is due from a broker, and how much of anything it has done since the connection began. */
export interface Progress {
  readonly owed: number;
  readonly done: number;
}

/**
 * Resolves to true when something was due all through an interval (ms) in which nothing was done; to false with the
 * signal. Heart-beats are no progress: a broker that has stopped working may go on sending them.
 */
export async function isStuck(
  interval: number,
  clock: Clock,
  signal: AbortSignal,
  look: () => Progress,
): Promise<boolean> {
  let before = look();
  while (await slept(clock, interval, signal)) {
    const now = look();
    if (before.owed > 0 && now.done === before.done) return true;
    before = now;
  }
  return false;
}
