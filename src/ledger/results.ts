import type { DatabaseSync } from 'node:sqlite';
import type { Json } from '../core/json.ts';
import type { NumberedResult, Page, ResultEntry, ResultView } from './views.ts';

/** Which results of a run, and how many. */
export interface ResultFilter {
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** One page of the results of a run, in the order in which they came; they are numbered from 1. */
export function resultPage(
  database: DatabaseSync,
  run: number,
  { cursor = '0', limit }: ResultFilter,
): Page<ResultEntry> {
  const before = Number(cursor);
  const rows = database
    .prepare(
      'SELECT time, step, octet_length(result) AS bytes FROM results WHERE run = ? ORDER BY seq LIMIT ? OFFSET ?',
    )
    .all(run, limit + 1, before) as unknown as readonly Omit<ResultEntry, 'n'>[];
  const items = rows.slice(0, limit).map((row, index) => ({ n: before + index + 1, ...row }));
  return { items, ...(rows.length > limit ? { next: String(before + limit) } : {}) };
}

/** Results of a run that are looked through, and bytes of them: no question may take long. */
const lookedThrough = { results: 2_000, bytes: 8 * 2 ** 20 };

/** The first results of a run, as many as are looked through. */
export function* firstResults(database: DatabaseSync, run: number): Generator<ResultView> {
  const rows = database.prepare('SELECT time, step, result FROM results WHERE run = ? ORDER BY seq LIMIT ?');
  let bytes = 0;
  for (const { time, step, result } of rows.iterate(run, lookedThrough.results)) {
    const text = String(result);
    bytes += text.length;
    if (bytes > lookedThrough.bytes) return;
    yield { time: Number(time), step: Number(step), result: JSON.parse(text) as Json };
  }
}

/** A result of a run by its number; undefined when it has not so many. */
export function resultNumber(database: DatabaseSync, run: number, n: number): NumberedResult | undefined {
  const row = database
    .prepare('SELECT time, step, result FROM results WHERE run = ? ORDER BY seq LIMIT 1 OFFSET ?')
    .get(run, n - 1);
  return (
    row && {
      n,
      time: Number(row['time']),
      step: Number(row['step']),
      result: JSON.parse(String(row['result'])) as Json,
    }
  );
}
