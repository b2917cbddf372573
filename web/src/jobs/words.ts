import type { JobState, JobView } from '../../../src/monitor/api.ts';
import { plural } from '../words/figures.ts';
import type { StateWord } from '../words/states.ts';

export const jobStates: Readonly<Record<JobState, StateWord>> = {
  waiting: { word: 'waiting', shape: 'clock', tone: 'quiet' },
  running: { word: 'running', shape: 'dot', tone: 'active' },
  ending: { word: 'being ended', shape: 'slash', tone: 'warn' },
  unheard: { word: 'not heard of', shape: 'triangle', tone: 'warn' },
};

/** What it takes of its host: `4 cores, 8 GB, 1 gpu`. */
export function amount({ cores, memory, gpus }: Pick<JobView, 'cores' | 'memory' | 'gpus'>): string {
  return [
    cores === 1 ? '1 core' : `${tidy(cores)} cores`,
    ...(memory > 0 ? [gigabytes(memory)] : []),
    ...(gpus > 0 ? [gpus === 1 ? '1 gpu' : `${tidy(gpus)} gpus`] : []),
  ].join(', ');
}

/** Memory in the units in which it is asked for. */
export function gigabytes(memory: number): string {
  return memory < 1024 ** 3 ? `${tidy(memory / 1024 ** 2)} MB` : `${tidy(memory / 1024 ** 3)} GB`;
}

/** The machine of `host.pid`. */
export function machine(name: string): string {
  return name.replace(/\.\d+$/, '');
}

/** Where it runs, or why it does not. */
export function whereabouts({ state, host, holder, why, before }: JobView): string {
  switch (state) {
    case 'unheard':
      return `${holder}, which had it run${host === undefined ? '' : ` on ${host}`}, has fallen silent.`;
    case 'ending':
      return host === undefined ? 'Before it began.' : `on ${host}`;
    case 'running':
      return `on ${host ?? 'an unknown host'}`;
    case 'waiting': {
      const ahead = before === undefined || before === 0 ? '' : ` ${plural(before, 'goes', 'go')} before it.`;
      return `${why ?? 'It was just asked for.'}${ahead}`;
    }
  }
}

/** When it came into its state. */
export function since({ state, asked, started, ending, heard }: JobView): number {
  if (state === 'unheard') return heard;
  if (state === 'ending') return ending ?? asked;
  return state === 'running' ? (started ?? asked) : asked;
}

function tidy(number: number): string {
  return String(Number(number.toFixed(1)));
}
