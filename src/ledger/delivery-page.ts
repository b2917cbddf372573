import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { StepOutcome } from '../services/record.ts';
import { deliveryColumns, deliveryOf, type DeliveryRow } from './run-detail.ts';
import type { DeliveryView, Page } from './views.ts';

/** Which deliveries of a run, and how many. */
export interface DeliveryFilter {
  readonly step?: number | undefined;
  readonly outcome?: StepOutcome | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Deliveries of a run that are looked through for one page. */
const lookedThrough = 20_000;

/**
 * One page of the deliveries of a run, the latest first. Of a run with very many of which few fit, a page may have fewer
 * than asked for, or none, and a next one all the same: no question may take long.
 */
export function deliveryPage(database: DatabaseSync, run: number, filter: DeliveryFilter): Page<DeliveryView> {
  const { step, outcome, limit } = filter;
  const before = Number(filter.cursor ?? Number.MAX_SAFE_INTEGER);
  const end = endOf(database, run, before);
  const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
    ['run = ?', run],
    ['seq < ?', before],
    ['seq > ?', end],
    ['step = ?', step],
    ['outcome = ?', outcome],
  ];
  const asked = conditions.filter((each): each is readonly [string, SQLInputValue] => each[1] !== undefined);
  const rows = database
    .prepare(
      `SELECT seq, ${deliveryColumns} FROM deliveries WHERE ${asked.map(([sql]) => sql).join(' AND ')} ORDER BY seq DESC LIMIT ?`,
    )
    .all(...asked.map(([, value]) => value), limit + 1) as unknown as readonly (DeliveryRow & {
    readonly seq: number;
  })[];
  const shown = rows.slice(0, limit);
  const next = rows.length > limit ? shown.at(-1)?.seq : end === undefined ? undefined : end + 1;
  return {
    items: shown.map(({ seq: _seq, ...row }) => deliveryOf(row)),
    ...(next === undefined ? {} : { next: String(next) }),
  };
}

/** The first delivery that is too far back to be looked at; undefined when none is. */
function endOf(database: DatabaseSync, run: number, before: number): number | undefined {
  return database
    .prepare('SELECT seq FROM deliveries WHERE run = ? AND seq < ? ORDER BY seq DESC LIMIT 1 OFFSET ?')
    .get(run, before, lookedThrough)?.['seq'] as number | undefined;
}
