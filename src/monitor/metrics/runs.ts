import type { Total } from '../../ledger/tables/totals.ts';
import type { Site } from '../site.ts';
import { single, type Figure, type Value } from './figure.ts';

function totals(name: string, kind: Figure['kind'], of: string, label: string, values: string, help: string): Figure {
  return { name, kind, help, labels: { [label]: values }, read: (site) => totalsOf(site, of, label) };
}

/** What the ledger counts. */
export const runFigures: readonly Figure[] = [
  totals('baton_runs', 'gauge', 'runs', 'state', 'running, finished, failed, cancelled', 'Runs by state.'),
  totals(
    'baton_deliveries_total',
    'counter',
    'deliveries',
    'outcome',
    'done, joined, later, retry, error-link, dead, skipped, duplicate, cancelled, late',
    'Deliveries of messages to steps, by outcome.',
  ),
  totals(
    'baton_announcements_total',
    'counter',
    'announcements',
    'outcome',
    'accepted, refused, duplicate',
    'Announcements, by what became of them.',
  ),
  totals(
    'baton_replies_total',
    'counter',
    'replies',
    'outcome',
    'sent, late, undeliverable',
    'Answers to announcers, by whether they could be given.',
  ),
  counted(
    'baton_steps_over_budget_total',
    'budgets.over',
    'Steps of runs that had not finished when their budget was over.',
  ),
  counted('baton_runs_removed_total', 'removed.runs', 'Runs that are not kept any more: baton_runs is without them.'),
  counted('baton_late_records_total', 'removed.late', 'Records of runs that had been removed when they came.'),
  counted('baton_reinjections_total', 'reinjections', 'Dead letters that were sent to their steps again.'),
  counted('baton_malformed_records_total', 'malformed', 'Messages to the ledger that were no records.'),
];

function counted(name: string, total: Total, help: string): Figure {
  return single(name, help, ({ ledger }) => ledger.queries.totals().get(total) ?? 0, 'counter');
}

function totalsOf({ ledger }: Site, of: string, label: string): readonly Value[] {
  const prefix = `${of}.`;
  return [...ledger.queries.totals()].flatMap(([name, count]) =>
    name.startsWith(prefix) ? [[{ [label]: name.slice(prefix.length) }, count] as const] : [],
  );
}
