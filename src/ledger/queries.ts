import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { deliveryPage, type DeliveryFilter } from './delivery-page.ts';
import { detailOf } from './run-detail.ts';
import { recipeRuns, recipeVersions } from './recipe-versions.ts';
import { firstResults, resultNumber, resultPage, type ResultFilter } from './results.ts';
import { messagesOf, type RunMessages } from './run-messages.ts';
import { RunList, type RunFilter } from './run-list.ts';
import { recipeOf } from './run-recipe.ts';
import { summaryColumns, summaryOf, type SummaryRow } from './summaries.ts';
import { selectRemoved, type RemovedRun } from './tables/removed-runs.ts';
import { announcementCounts, readTotals, type Total } from './tables/totals.ts';
import { Waterfalls } from './waterfalls.ts';
import type {
  AnnouncementCounts,
  DeliveryView,
  NumberedResult,
  Page,
  RecipeRuns,
  RecipeVersion,
  ResultEntry,
  ResultView,
  RunDetail,
  RunPage,
  RunRecipe,
  RunSummary,
  Waterfall,
} from './views.ts';

export type { RunFilter } from './run-list.ts';

/** Reads the ledger. Works on the writer's own store as well as on one opened for reading. */
export class Queries {
  readonly #database: DatabaseSync;
  readonly #summary: StatementSync;
  readonly #removed: StatementSync;
  readonly #list: RunList;
  readonly #waterfalls: Waterfalls;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#list = new RunList(database);
    this.#summary = database.prepare(`SELECT ${summaryColumns} FROM runs WHERE id = ?`);
    this.#removed = database.prepare(selectRemoved);
    this.#waterfalls = new Waterfalls(database);
  }

  /** One page of runs, those that the ledger heard of last first; see `RunList` for when it holds fewer than the limit. */
  runs(filter: RunFilter): RunPage {
    return { ...this.#list.page(filter), ...removedOf(this.totals()) };
  }

  /** A run's summary; undefined when the ledger has not heard of it. */
  summary(id: string): RunSummary | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && summaryOf(row);
  }

  /** When a run was removed that the ledger knew, and how it had ended. */
  removed(id: string): RemovedRun | undefined {
    return this.#removed.get(id) as RemovedRun | undefined;
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

  /** The runs of each recipe by its name, over all its versions. */
  recipeRuns(): ReadonlyMap<string, RecipeRuns> {
    return recipeRuns(this.#database);
  }

  /** The versions of a recipe that runs were made from, the latest used first. */
  recipeVersions(name: string, limit: number): readonly RecipeVersion[] {
    return recipeVersions(this.#database, name, limit);
  }

  /** All messages of a run that are known of; undefined when the ledger has not heard of the run. */
  messages(id: string): RunMessages | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && messagesOf(this.#database, row);
  }

  /** The deliveries of a run; undefined when the ledger has not heard of it. */
  deliveries(id: string, filter: DeliveryFilter): Page<DeliveryView> | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && deliveryPage(this.#database, row.seq, filter);
  }

  /** Where the time of a run went; undefined when the ledger has not heard of it. */
  waterfall(id: string, step: number | undefined): Waterfall | undefined {
    const row = this.#summary.get(id) as SummaryRow | undefined;
    return row && this.#waterfalls.of(row, step);
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

function removedOf(totals: ReadonlyMap<Total, number>): Pick<RunPage, 'removed'> {
  const runs = totals.get('removed.runs') ?? 0;
  return runs === 0 ? {} : { removed: { runs, before: totals.get('removed.before') ?? 0 } };
}
