import type { JobCount, JobState } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';

/** What the list of jobs can be narrowed by. The same names stand in the page's address and in the question to the monitor. */
export const filterNames = ['state', 'program', 'backend', 'host', 'beamline', 'run'] as const;
export type FilterName = (typeof filterNames)[number];

/** Those that are there on most days first. */
export const stateNames: readonly JobState[] = ['waiting', 'running', 'ending', 'unheard'];

const pageLength = 50;

/** The question to the monitor that belongs to the page's query. */
export function jobsPath(query: URLSearchParams): string {
  const asked = new URLSearchParams({ limit: String(pageLength) });
  for (const name of [...filterNames, 'cursor']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  return `/api/jobs?${asked.toString()}`;
}

/** The page's address with some conditions changed; the list then begins at its start again. */
export function withFilter(query: URLSearchParams, changes: Partial<Record<FilterName, string>>): string {
  const changed = new URLSearchParams(query);
  changed.delete('cursor');
  for (const [name, value] of Object.entries(changes)) changed.set(name, value);
  return addressOf('/jobs', changed);
}

/** The address of the jobs of a run. */
export function jobsOf(run: string): string {
  return addressOf('/jobs', new URLSearchParams({ run }));
}

export function isFiltered(query: URLSearchParams): boolean {
  return filterNames.some((name) => query.has(name));
}

/** How many there are in each state, by one of what they are told apart by; the most first. */
export interface Sum {
  readonly name: string;
  readonly states: ReadonlyMap<JobState, number>;
  readonly all: number;
}

/** Counts without that name are left out. */
export function sumsBy(counts: readonly JobCount[], of: 'backend' | 'host' | 'program'): readonly Sum[] {
  const sums = new Map<string, Map<JobState, number>>();
  for (const count of counts) {
    const name = count[of];
    if (name === undefined) continue;
    const states = sums.get(name) ?? new Map<JobState, number>();
    states.set(count.state, (states.get(count.state) ?? 0) + count.jobs);
    sums.set(name, states);
  }
  return Array.from(sums, ([name, states]) => ({ name, states, all: total(states.values()) })).sort(
    (a, b) => b.all - a.all || a.name.localeCompare(b.name),
  );
}

/** How many there are in each state. */
export function totalsOf(counts: readonly JobCount[]): ReadonlyMap<JobState, number> {
  const totals = new Map<JobState, number>();
  for (const { state, jobs } of counts) totals.set(state, (totals.get(state) ?? 0) + jobs);
  return totals;
}

export function total(numbers: Iterable<number>): number {
  let sum = 0;
  for (const number of numbers) sum += number;
  return sum;
}
