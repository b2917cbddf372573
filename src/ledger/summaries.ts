import type { RunState, RunSummary } from './views.ts';

/** The columns of a run's row that its summary is made of. */
export const summaryColumns = `seq, id, state, inferred, recipes, announced, ended, beamline, visit, collection, runNumber, event, user, sent, waiting, failed, overBudget, rerunOf,
   state = 'running' AND EXISTS (SELECT 1 FROM cancellations WHERE run = runs.id AND cancellations.ended IS NULL) AS isCancelling`;

/** A row of those columns. */
export interface SummaryRow {
  readonly seq: number;
  readonly id: string;
  readonly state: RunState;
  readonly inferred: number;
  readonly recipes: string;
  readonly announced: number;
  readonly sent: number;
  readonly waiting: number;
  readonly failed: number;
  readonly overBudget: number;
  readonly isCancelling: number;
  readonly [optional: string]: string | number | null;
}

const optional = ['ended', 'beamline', 'visit', 'collection', 'runNumber', 'event', 'user', 'rerunOf'] as const;

/** The summary that a row holds. */
export function summaryOf(row: SummaryRow): RunSummary {
  const { id, state, announced, sent, waiting, failed, overBudget } = row;
  return {
    ...{ id, state, inferred: row.inferred === 1, recipes: JSON.parse(row.recipes) as readonly string[], announced },
    ...(Object.fromEntries(
      optional.flatMap((name) => (row[name] === null ? [] : [[name, row[name]]])),
    ) as Partial<RunSummary>),
    ...{ sent, waiting, failed, overBudget },
    ...(row.isCancelling === 1 ? { isCancelling: true } : {}),
  };
}
