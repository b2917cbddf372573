import type { DatabaseSync } from 'node:sqlite';
import { FailureRows } from '../failures/failure-rows.ts';
import { BudgetRows } from './budgets.ts';
import { CancellationRows } from './cancellations.ts';
import { Caused } from './caused.ts';
import { JoinRows } from './joins.ts';
import { MalformedRows } from './malformed.ts';
import { RecipeVersionRows } from './recipe-versions.ts';
import { RecordRows } from './records.ts';
import { RemovedRuns } from './removed-runs.ts';
import { RunRows } from './runs.ts';
import { StartRows } from './starts.ts';
import { StepRows } from './steps.ts';
import { ToldRows } from './told.ts';
import { TotalRows } from './totals.ts';

/** Every table of the store that records are entered into, its statements prepared. */
export class Tables {
  readonly records: RecordRows;
  readonly recipeVersions: RecipeVersionRows;
  readonly runs: RunRows;
  readonly starts: StartRows;
  readonly steps: StepRows;
  readonly budgets: BudgetRows;
  readonly told: ToldRows;
  readonly totals: TotalRows;
  readonly caused: Caused;
  readonly cancellations: CancellationRows;
  readonly joins: JoinRows;
  readonly malformed: MalformedRows;
  readonly failures: FailureRows;
  readonly removed: RemovedRuns;

  constructor(database: DatabaseSync) {
    this.records = new RecordRows(database);
    this.recipeVersions = new RecipeVersionRows(database);
    this.runs = new RunRows(database);
    this.starts = new StartRows(database);
    this.steps = new StepRows(database);
    this.budgets = new BudgetRows(database);
    this.told = new ToldRows(database);
    this.totals = new TotalRows(database);
    this.caused = new Caused(database);
    this.cancellations = new CancellationRows(database);
    this.joins = new JoinRows(database);
    this.malformed = new MalformedRows(database);
    this.failures = new FailureRows(database);
    this.removed = new RemovedRuns(database);
  }
}
