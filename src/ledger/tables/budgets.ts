import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** What the store knows of a step's budget. */
export interface BudgetRow {
  readonly step: number;
  readonly seconds: number;
  /** By the latest delivery; null before the first. */
  readonly used: number | null;
  readonly state: 'watched' | 'over' | 'ended';
}

/** Writes the table of budgets: one row a step of a run that has one. */
export class BudgetRows {
  readonly #watch: StatementSync;
  readonly #use: StatementSync;
  readonly #over: StatementSync;
  readonly #end: StatementSync;
  readonly #endAll: StatementSync;
  readonly #isDue: StatementSync;

  constructor(database: DatabaseSync) {
    this.#watch = database.prepare(
      `INSERT INTO budgets (run, step, seconds, due, state) VALUES (?, ?, ?, ?, 'watched')
       ON CONFLICT (run, step) DO UPDATE SET due = excluded.due`,
    );
    this.#use = database.prepare(
      `INSERT INTO budgets (run, step, seconds, used, state) VALUES (?, ?, ?, ?, 'watched')
       ON CONFLICT (run, step) DO UPDATE SET used = max(coalesce(used, 0), excluded.used)`,
    );
    this.#over = database.prepare(
      "UPDATE budgets SET state = 'over' WHERE run = ? AND step = ? AND state <> 'over' RETURNING seconds",
    );
    this.#end = database.prepare("UPDATE budgets SET state = 'ended' WHERE run = ? AND step = ? AND state = 'watched'");
    this.#endAll = database.prepare("UPDATE budgets SET state = 'ended' WHERE run = ? AND state = 'watched'");
    this.#isDue = database.prepare(
      "SELECT 1 FROM budgets WHERE run = ? AND step = ? AND state = 'watched' AND due <= ?",
    );
  }

  /** From `due` on (milliseconds since 1970) the step is asked about until it has ended, or is over. */
  watch(run: number, step: number, seconds: number, due: number): void {
    this.#watch.run(run, step, seconds, Math.round(Math.min(due, Number.MAX_SAFE_INTEGER)));
  }

  use(run: number, step: number, { seconds, used }: { readonly seconds: number; readonly used: number }): void {
    this.#use.run(run, step, seconds, used);
  }

  isDue(run: number, step: number, now: number): boolean {
    return this.#isDue.get(run, step, now) !== undefined;
  }

  /** The step is over its budget for good. Returns the budget the first time, and undefined from then on. */
  over(run: number, step: number): number | undefined {
    const row = this.#over.get(run, step);
    return row && Number(row['seconds']);
  }

  end(run: number, step: number): void {
    this.#end.run(run, step);
  }

  endAll(run: number): void {
    this.#endAll.run(run);
  }
}

/** All budgets of a run, by step. */
export const selectBudgets = 'SELECT step, seconds, used, state FROM budgets WHERE run = ? ORDER BY step';
