import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { detailOf } from './run-detail.ts';
import { firstResults, resultNumber, resultPage, type ResultFilter } from './results.ts';
import { recipeOf } from './run-recipe.ts';
import { summaryColumns, summaryOf, type SummaryRow } from './summaries.ts';
import { announcementCounts, readTotals, type Total } from './tables/totals.ts';
import type {
  AnnouncementCounts,
  NumberedResult,
  Page,
  ResultEntry,
  ResultView,
  RunDetail,
  RunRecipe,
  RunState,
  RunSummary,
} from './views.ts';

/** Which runs, and how many. */
export interface RunFilter {
  readonly state?: RunState | undefined;
  readonly beamline?: string | undefined;
  readonly visit?: string | undefined;
  /** True: only those with steps over their budget. */
  readonly overBudget?: boolean | undefined;
  /** Words, each of which some word of the run begins with: its id, recipes, beamline, visit, collection, number, user. */
  readonly text?: string | undefined;
  /** The `next` of the page before. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Reads the ledger. Works on the writer's own store as well as on one opened for reading. */
export class Queries {
  readonly #database: DatabaseSync;
  readonly #summary: StatementSync;
  /** One for each combination of filters that was asked for. */
  readonly #lists = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#summary = database.prepare(`SELECT ${summaryColumns} FROM runs WHERE id = ?`);
  }

  /** One page of runs, those that the ledger heard of last first. */
  runs(filter: RunFilter): Page<RunSummary> {
    const words = matchOf(filter.text);
    const conditions: readonly (readonly [string, string | number | undefined])[] = [
      ['run_words.words MATCH ?', words],
      ['runs.state = ?', filter.state],
      ['runs.beamline = ?', filter.beamline],
      ['runs.visit = ?', filter.visit],
      ['runs.overBudget > 0 AND ? = 1', filter.overBudget === true ? 1 : undefined],
      [words === undefined ? 'runs.seq < ?' : 'run_words.rowid < ?', seqOf(filter.cursor)],
    ];
    const asked = conditions.filter(
      (condition): condition is readonly [string, string | number] => condition[1] !== undefined,
    );
    const list = this.#list(
      asked.map(([sql]) => sql),
      words !== undefined,
    );
    const rows = list.all(...asked.map(([, value]) => value), filter.limit + 1) as unknown as readonly SummaryRow[];
    return pageOf(rows, filter.limit);
  }

  #list(conditions: readonly string[], searched: boolean): StatementSync {
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const known = this.#lists.get(where);
    if (known) return known;
    const from = searched ? 'run_words CROSS JOIN runs ON runs.seq = run_words.rowid' : 'runs';
    const order = searched ? 'run_words.rowid' : 'runs.seq';
    const made = this.#database.prepare(
      `SELECT ${summaryColumns} FROM ${from} ${where} ORDER BY ${order} DESC LIMIT ?`,
    );
    this.#lists.set(where, made);
    return made;
  }

  /** A run's summary; undefined when the ledger has not heard of it. */
  summary(id: string): RunSummary | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && summaryOf(row);
  }

  /** All that is known of a run; undefined when the ledger has not heard of it. */
  run(id: string): RunDetail | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && detailOf(this.#database, row);
  }

  /** The recipe of a run, and what it was made from; undefined when the ledger has not heard of the run. */
  recipe(id: string): RunRecipe | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && recipeOf(this.#database, row);
  }

  /** The results of a run; undefined when the ledger has not heard of it. */
  results(id: string, filter: ResultFilter): Page<ResultEntry> | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && resultPage(this.#database, row.seq, filter);
  }

  /** One of them, by its number; undefined when there is none. */
  result(id: string, n: number): NumberedResult | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && resultNumber(this.#database, row.seq, n);
  }

  /** The first results of a run whole; undefined when the ledger has not heard of it. */
  firstResults(id: string): Iterable<ResultView> | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && firstResults(this.#database, row.seq);
  }

  announcements(): AnnouncementCounts {
    return announcementCounts(this.totals());
  }

  /** What is counted over all that the ledger ever heard. */
  totals(): ReadonlyMap<Total, number> {
    return readTotals(this.#database);
  }
}

function pageOf(rows: readonly SummaryRow[], limit: number): Page<RunSummary> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items: items.map(summaryOf), ...(rows.length > limit && last ? { next: String(last.seq) } : {}) };
}

/** The cursor is the number of the page's last run. One that was tampered with starts from the newest. */
function seqOf(cursor: string | undefined): number | undefined {
  return cursor !== undefined && /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
}

/** The words as an FTS5 query, quoted so that nothing in them is an operator: `"mx2369-1" *` finds what begins so. */
function matchOf(text: string | undefined): string | undefined {
  const words = (text ?? '').split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  if (words.length === 0) return undefined;
  return words.map((word) => `"${word.replaceAll('"', '""')}" *`).join(' ');
}
