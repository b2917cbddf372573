import { setTimeout } from 'node:timers/promises';
import type { Events } from '../src/core/events.ts';

/** How far the work is, from 0 to 1, and that it has got further. */
export interface Work {
  readonly progress: number;
  readonly events: Events<{ progress: object }>;
}

/** The last harm comes when so much of the work is done, so that all of them fall upon work. */
const lastMoment = 0.95;
/** Milliseconds between what is counted and what is done, at most: it is not to fall upon the same place always. */
const hesitation = 400;

/** So many random moments of the progress; yields how far it is. */
export async function* moments(
  count: number,
  work: Work,
  random: () => number,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const wanted = Array.from({ length: count }, () => random() * lastMoment).sort((a, b) => a - b);
  for (const moment of wanted) {
    while (work.progress < moment) await work.events.once('progress', undefined, signal);
    await setTimeout(random() * hesitation, undefined, { signal });
    yield `${(work.progress * 100).toFixed(0)} %`;
  }
}
