import { setTimeout } from 'node:timers/promises';
import type { Acquisition } from './acquisition.ts';

/** The last harm comes when so much of the work is done, so that all of them fall upon work. */
const lastMoment = 0.95;
/** Milliseconds between what is counted and what is done, at most: it is not to fall upon the same place always. */
const hesitation = 400;

/** So many random moments of the progress; yields how far it is. */
export async function* moments(
  count: number,
  acquisition: Acquisition,
  random: () => number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const wanted = Array.from({ length: count }, () => random() * lastMoment).sort((a, b) => a - b);
  for (const moment of wanted) {
    while (acquisition.progress < moment) await acquisition.events.once('progress', undefined, signal);
    await setTimeout(random() * hesitation, undefined, { signal });
    yield `${(acquisition.progress * 100).toFixed(0)} %`;
  }
}
