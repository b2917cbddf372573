import type { DatabaseSync } from 'node:sqlite';
import type { Json, JsonObject } from '../core/json.ts';
import { isObject } from '../core/json.ts';
import type { ProgramAccount, SentOutput, StepOutcome } from '../services/record.ts';
import { emptyStep, stepView, type StepTallies } from './states.ts';
import { selectBudgets, type BudgetRow } from './tables/budgets.ts';
import type { Cancellation } from './tables/cancellations.ts';
import { selectSteps } from './tables/steps.ts';
import { summaryOf, type SummaryRow } from './summaries.ts';
import type { DeliveryView, ReplyView, ResultView, RunDetail, RunSummary, StepView } from './views.ts';

/** Deliveries on a run's page: the latest so many. */
const deliveryLimit = 200;
const resultLimit = 200;
const replyLimit = 100;
const rerunLimit = 100;

/** Everything the run page shows of the run that the row is of. */
export function detailOf(database: DatabaseSync, row: SummaryRow): RunDetail {
  const { parameters = {}, recipe, recipeHash, sourceHash, traceparent } = announcementOf(database, row.id);
  const summary = summaryOf(row);
  return {
    ...summary,
    parameters,
    ...(recipe ? { recipe } : {}),
    ...(recipeHash === undefined ? {} : { recipeHash }),
    ...(sourceHash === undefined ? {} : { sourceHash }),
    ...(traceparent === undefined ? {} : { traceparent }),
    reruns: rerunsOf(database, row.id),
    ...cancellationOf(database, row.id),
    steps: stepsOf(database, row.seq, summary).map((step) => named(step, recipe)),
    deliveries: deliveriesOf(database, row.seq),
    results: resultsOf(database, row.seq),
    replies: repliesOf(database, row.id),
  };
}

interface Announcement {
  readonly parameters?: JsonObject;
  readonly recipe?: JsonObject;
  readonly recipeHash?: string;
  readonly sourceHash?: string;
  readonly traceparent?: string;
}

function announcementOf(database: DatabaseSync, run: string): Announcement {
  const row = database
    .prepare(
      `SELECT parameters, recipe, recipeHash, sourceHash, traceparent FROM runs JOIN announcements ON announcements.seq = runs.announcement
       WHERE runs.id = ?`,
    )
    .get(run);
  if (!row) return {};
  const { parameters, recipe, recipeHash, sourceHash, traceparent } = row;
  return {
    parameters: JSON.parse(String(parameters)) as JsonObject,
    ...(recipe === null ? {} : { recipe: JSON.parse(String(recipe)) as JsonObject }),
    ...(recipeHash === null ? {} : { recipeHash: String(recipeHash) }),
    ...(sourceHash === null ? {} : { sourceHash: String(sourceHash) }),
    ...(traceparent === null ? {} : { traceparent: String(traceparent) }),
  };
}

function cancellationOf(database: DatabaseSync, run: string): Pick<RunDetail, 'cancellation'> {
  const row = database.prepare('SELECT time, user, reason FROM cancellations WHERE run = ?').get(run);
  if (!row) return {};
  const { time, user, reason } = row as unknown as Cancellation;
  return { cancellation: { time, ...(user === null ? {} : { user }), ...(reason === null ? {} : { reason }) } };
}

function rerunsOf(database: DatabaseSync, run: string): readonly string[] {
  const rows = database.prepare('SELECT id FROM runs WHERE rerunOf = ? ORDER BY seq DESC LIMIT ?').all(run, rerunLimit);
  return rows.map(({ id }) => String(id));
}

/** The steps that were sent something, and those that were not and should have finished by now. */
function stepsOf(database: DatabaseSync, run: number, summary: RunSummary): readonly StepView[] {
  const tallied = database.prepare(selectSteps).all(run) as unknown as readonly StepTallies[];
  const rows = database.prepare(selectBudgets).all(run) as unknown as readonly BudgetRow[];
  const budgets = new Map(rows.map((row) => [row.step, row]));
  const sent = new Set(tallied.map(({ step }) => step));
  const unsent = rows.filter(({ step, state }) => state === 'over' && !sent.has(step));
  return [...tallied, ...unsent.map(({ step }) => emptyStep(step))]
    .sort((a, b) => a.step - b.step)
    .map((tallies) => {
      const budget = budgets.get(tallies.step);
      return { ...stepView(tallies, summary), ...(budget ? { budget: budgetView(budget) } : {}) };
    });
}

function budgetView({ seconds, used, state }: BudgetRow): NonNullable<StepView['budget']> {
  return { seconds, ...(used === null ? {} : { used }), over: state === 'over' };
}

/** A step that has left no record yet is named as its recipe names it. */
function named(view: StepView, recipe: JsonObject | undefined): StepView {
  const step = recipe?.[String(view.step)];
  if (!isObject(step)) return view;
  const { service, queue } = step;
  return {
    ...(typeof service === 'string' ? { service } : {}),
    ...(typeof queue === 'string' ? { queue } : {}),
    ...view,
  };
}

function deliveriesOf(database: DatabaseSync, run: number): readonly DeliveryView[] {
  const rows = database.prepare(`SELECT ${deliveryColumns} FROM deliveries WHERE run = ? ORDER BY seq DESC LIMIT ?`);
  return (rows.all(run, deliveryLimit) as unknown as readonly DeliveryRow[]).map(deliveryOf);
}

/** The columns of a delivery's row that people are shown. */
export const deliveryColumns = `id, key, step, service, host, attempt, deferral, outcome, sent, received, started, finished, code, message,
  outputs, budget, budgetUsed, program`;

/** The delivery of such a row. */
export function deliveryOf(row: DeliveryRow): DeliveryView {
  const { code, message, outputs, budget, budgetUsed, program, ...delivery } = row;
  return {
    ...delivery,
    ...(code === null ? {} : { cause: { code, message: message ?? '' } }),
    ...(budget === null ? {} : { budget: { seconds: budget, used: budgetUsed ?? 0 } }),
    ...(program === null ? {} : { program: JSON.parse(program) as ProgramAccount }),
    outputs: outputs === null ? [] : (JSON.parse(outputs) as readonly SentOutput[]),
  };
}

/** A row of those columns. */
export interface DeliveryRow extends Omit<DeliveryView, 'cause' | 'outputs' | 'budget' | 'program'> {
  readonly outcome: StepOutcome;
  readonly code: string | null;
  readonly message: string | null;
  readonly outputs: string | null;
  readonly budget: number | null;
  readonly budgetUsed: number | null;
  readonly program: string | null;
}

function resultsOf(database: DatabaseSync, run: number): readonly ResultView[] {
  const rows = database.prepare('SELECT time, step, result FROM results WHERE run = ? ORDER BY seq DESC LIMIT ?');
  return rows.all(run, resultLimit).map(({ time, step, result }) => ({
    time: Number(time),
    step: Number(step),
    result: JSON.parse(String(result)) as Json,
  }));
}

function repliesOf(database: DatabaseSync, run: string): readonly ReplyView[] {
  const rows = database
    .prepare('SELECT status, recipient AS "to", outcome, time, reason FROM replies WHERE run = ? ORDER BY time LIMIT ?')
    .all(run, replyLimit) as unknown as readonly (Omit<ReplyView, 'reason'> & { readonly reason: string | null })[];
  return rows.map(({ reason, ...reply }) => ({ ...reply, ...(reason === null ? {} : { reason }) }));
}
