import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { detailOf } from './run-detail.ts';
import { firstResults, resultNumber, resultPage, type ResultFilter } from './results.ts';
import { RunList, type RunFilter } from './run-list.ts';
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
  RunSummary,
} from './views.ts';

export type { RunFilter } from './run-list.ts';

/** Reads the ledger. Works on the writer's own store as well as on one opened for reading. */
export class Queries {
  readonly #database: DatabaseSync;
  readonly #summary: StatementSync;
  readonly #list: RunList;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#list = new RunList(database);
    this.#summary = database.prepare(`SELECT ${summaryColumns} FROM runs WHERE id = ?`);
  }

  /** One page of runs, those that the ledger heard of last first; see `RunList` for when it holds fewer than the limit. */
  runs(filter: RunFilter): Page<RunSummary> {
    return this.#list.page(filter);
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
