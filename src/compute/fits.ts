import type { BatonError } from '../core/errors.ts';
import type { Resources } from './backend.ts';
import { tooLarge } from './errors.ts';

/** True where there is room. */
export function fits(wanted: Resources, free: Resources): boolean {
  return wanted.cores <= free.cores && wanted.memory <= free.memory && wanted.gpus <= free.gpus;
}

const words = { cores: 'cores', memory: 'bytes of memory', gpus: 'gpus' } as const;

/** The error of a job that asks for more than that, of what it asks too much first. */
export function beyond(wanted: Resources, capacity: Resources, backend: string): BatonError {
  const what = (Object.keys(words) as (keyof Resources)[]).find((each) => wanted[each] > capacity[each]) ?? 'cores';
  return tooLarge({ what: words[what], wanted: wanted[what], available: capacity[what], backend });
}
