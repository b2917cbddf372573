import type { BulkSelection } from '../../../src/monitor/api.ts';

type Filter = NonNullable<BulkSelection['filter']>;

const texts = ['state', 'text', 'beamline', 'visit'] as const;
const values = ['overBudget', 'addressed', 'from', 'to'] as const;

/** The conditions of the list of runs, as its address has them, for the monitor. */
export function filterOf(query: URLSearchParams): Filter {
  const given = (name: string): string | undefined => query.get(name) || undefined;
  return Object.fromEntries([
    ...texts.flatMap((name) => (given(name) === undefined ? [] : [[name, given(name)]])),
    ...values.flatMap((name) => (given(name) === undefined ? [] : [[name, JSON.parse(given(name) ?? 'null')]])),
  ]) as Filter;
}
