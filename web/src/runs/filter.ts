import type { RunState, RunSummary } from '../../../src/monitor/api.ts';
import { addressOf } from '../routing/place.ts';

/** What the list of runs can be narrowed by. The same names stand in the page's address and in the question to the monitor. */
export const filterNames = ['state', 'text', 'beamline', 'visit'] as const;
export type FilterName = (typeof filterNames)[number];

/** Only runs with steps over their budget; where the health list leads to. */
const budgetName = 'overBudget';

/** A stretch of time, and whether failures are addressed; where the hand-over leads to. */
const shiftNames = ['from', 'to', 'addressed'] as const;

const stateNames: readonly RunState[] = ['running', 'finished', 'failed', 'cancelled'];

const pageLength = 50;

/** The question to the monitor that belongs to the page's query. */
export function runsPath(query: URLSearchParams): string {
  const asked = new URLSearchParams({ limit: String(pageLength) });
  for (const name of [...filterNames, budgetName, ...shiftNames, 'cursor']) {
    const value = query.get(name);
    if (value !== null && value !== '') asked.set(name, value);
  }
  return `/api/runs?${asked.toString()}`;
}

/** The page's address with one condition changed; the list then begins at its newest run again. */
export function withFilter(query: URLSearchParams, name: FilterName, value: string): string {
  const changed = new URLSearchParams(query);
  changed.delete('cursor');
  changed.set(name, value);
  return addressOf('/runs', changed);
}

/** True when any condition is set. */
export function isFiltered(query: URLSearchParams): boolean {
  return [budgetName, ...shiftNames].some((name) => query.has(name)) || filterNames.some((name) => query.has(name));
}

/** True when a run that the feed told of surely belongs to the list: the search text is the monitor's to judge, so then none does. */
export function belongs(run: RunSummary, query: URLSearchParams): boolean {
  const wanted = (name: FilterName): string => query.get(name) ?? '';
  return (
    wanted('text') === '' &&
    !query.has('addressed') &&
    run.announced >= Number(query.get('from') ?? -Infinity) &&
    run.announced < Number(query.get('to') ?? Infinity) &&
    (query.get(budgetName) !== 'true' || run.overBudget > 0) &&
    [run.state, ''].includes(wanted('state')) &&
    [run.beamline, ''].includes(wanted('beamline')) &&
    [run.visit, ''].includes(wanted('visit'))
  );
}

/** The states that the list can be narrowed to, and `''` for all. */
export const stateChoices: readonly (RunState | '')[] = ['', ...stateNames];
