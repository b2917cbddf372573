import type { RunSummary } from '../ledger/views.ts';
import type { Source } from './find.ts';
import type { Estimate, Pace } from './views.ts';

/** How much one run is, where those to be repeated say nothing of it: they had other recipes. */
export interface Typical {
  readonly messages: number;
  readonly steps: number;
  readonly secondsEach?: number;
}

/** What runs of a recipe took, from its latest that finished. */
export function typicalOf(runs: readonly RunSummary[], steps: number): Typical {
  const ended = runs.flatMap(({ announced, ended: end }) => (end === undefined ? [] : [(end - announced) / 1000]));
  const secondsEach = mean(ended);
  return {
    messages: Math.round(mean(runs.map(({ sent }) => sent)) ?? steps),
    steps,
    ...(secondsEach === undefined ? {} : { secondsEach }),
  };
}

/** How much a back-fill is. With `typical` each run is taken to be like that, else as it was. */
export function estimate(sources: readonly Source[], pace: Pace, typical?: Typical): Estimate {
  const runs = sources.length;
  const secondsEach = typical
    ? typical.secondsEach
    : (mean(secondsOf(sources.filter(({ state }) => state === 'finished'))) ?? mean(secondsOf(sources)));
  return {
    runs,
    steps: typical ? runs * typical.steps : sum(sources.map(({ steps }) => steps)),
    messages: typical ? runs * typical.messages : sum(sources.map(({ messages }) => messages)),
    ...(secondsEach === undefined ? {} : { secondsEach }),
    seconds: secondsFor(runs, pace, secondsEach),
  };
}

/** Seconds until the last of so many runs has ended: what is slower counts, starting them or doing them. */
export function secondsFor(runs: number, { runsPerMinute, atOnce }: Pace, secondsEach = 0): number {
  if (runs === 0) return 0;
  const starting = ((runs - 1) * 60) / runsPerMinute + secondsEach;
  const doing = Math.ceil(runs / atOnce) * secondsEach;
  return Math.max(starting, doing);
}

function secondsOf(sources: readonly Source[]): readonly number[] {
  return sources.flatMap(({ seconds }) => seconds ?? []);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}

function mean(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : sum(numbers) / numbers.length;
}
