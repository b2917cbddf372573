import type { DatabaseSync } from 'node:sqlite';
import { BudgetRows } from './budgets.ts';
import { CancellationRows } from './cancellations.ts';
import { Caused } from './caused.ts';
import { JoinRows } from './joins.ts';
import { MalformedRows } from './malformed.ts';
import { RecordRows } from './records.ts';
import { RunRows } from './runs.ts';
import { StepRows } from './steps.ts';
import { TotalRows } from './totals.ts';

/** Every table of the store that records are entered into, its statements prepared. */
export class Tables {
  readonly records: RecordRows;
  readonly runs: RunRows;
  readonly steps: StepRows;
  readonly budgets: BudgetRows;
  readonly totals: TotalRows;
  readonly caused: Caused;
  readonly cancellations: CancellationRows;
  readonly joins: JoinRows;
  readonly malformed: MalformedRows;

  constructor(database: DatabaseSync) {
    this.records = new RecordRows(database);
    this.runs = new RunRows(database);
    this.steps = new StepRows(database);
    this.budgets = new BudgetRows(database);
    this.totals = new TotalRows(database);
    this.caused = new Caused(database);
    this.cancellations = new CancellationRows(database);
    this.joins = new JoinRows(database);
    this.malformed = new MalformedRows(database);
  }
}
