import type { JsonObject } from '../core/json.ts';
import { stepNumbers, stepOf, type Recipe } from '../recipes/recipe.ts';
import { readSettings } from '../recipes/settings.ts';
import { downstreamOf } from '../recipes/downstream.ts';
import type { AnnouncementRecord, StepRecord } from '../services/record.ts';
import type { DueRecord } from './record-schema.ts';
import { waiting } from './states.ts';
import type { RunRow } from './tables/runs.ts';
import type { Tables } from './tables/tables.ts';
import { queueOf } from './unrecorded.ts';
import type { RunState } from './views.ts';

/** A step that had not finished when its budget was over. Told once for each step of a run. */
export interface OverBudget {
  readonly run: string;
  readonly step: number;
  readonly service?: string;
  /** The budget, and what had passed of it when that became known: when the step ended, or while it had not. */
  readonly seconds: number;
  readonly used: number;
}

type Use = Omit<OverBudget, 'run'> & { readonly isOver: boolean };

/** What a batch of records tells of the budgets of steps. A budget is watched, and ends nothing: see docs/adr/0013. */
export class Budgets {
  readonly over: OverBudget[] = [];
  readonly #tables: Tables;
  readonly #now: number;
  /** By run and step. */
  readonly #used = new Map<string, Map<number, Use>>();
  readonly #due: DueRecord[] = [];

  constructor(tables: Tables, now: number) {
    this.#tables = tables;
    this.#now = now;
  }

  /** From the announcement on, the steps of its recipe are to finish within their budgets. */
  promise(seq: number, { recipe, received, settled }: AnnouncementRecord): void {
    const announced = Math.min(received, settled);
    for (const [step, seconds] of recipe ? budgetsOf(recipe) : [])
      this.#tables.budgets.watch(seq, step, seconds, announced + seconds * 1000);
  }

  /**
   * A delivery has used so much of its step's budget. It was measured by clocks of other hosts; the ledger received the
   * record after all that it tells of, so that one whose clock is ahead burns no budget. What was cancelled is not late.
   */
  use({ run, step, service, outcome, finished, budget }: StepRecord): void {
    if (!budget) return;
    const ahead = Math.max(0, finished - this.#now) / 1000;
    const used = Math.max(0, budget.used - ahead);
    const steps = this.#used.get(run) ?? new Map<number, Use>();
    const before = steps.get(step);
    const isOver = before?.isOver === true || (used > budget.seconds && outcome !== 'cancelled');
    const most = Math.max(used, before?.used ?? 0);
    this.#used.set(run, steps.set(step, { step, service, seconds: budget.seconds, used: most, isOver }));
  }

  /** The ledger's own note that a budget is over. */
  note(due: DueRecord): void {
    this.#due.push(due);
  }

  /** The balance of the run was drawn. */
  conclude(run: string, seq: number, state: RunState): void {
    for (const [step, { isOver, ...use }] of this.#used.get(run) ?? []) {
      this.#tables.budgets.use(seq, step, use);
      if (isOver) this.#mark(seq, { run, ...use });
    }
    if (state !== 'running') this.#tables.budgets.endAll(seq);
  }

  /** Now that all is entered that was told before the notes: may their steps still have work? */
  look(rowOf: (run: string) => RunRow | undefined): void {
    for (const [run, notes] of Map.groupBy(this.#due, (due) => due.run)) {
      const { seq, announcement = null } = rowOf(run) ?? {};
      if (seq === undefined || announcement === null) continue;
      const { received, recipe } = this.#tables.records.announcement(announcement);
      const held = new Set(notes.flatMap((note) => note.held));
      const busy = this.#busy(seq, recipe, held);
      for (const { step } of notes) {
        if (!this.#tables.budgets.isDue(seq, step, this.#now)) continue;
        if (!busy.has(step)) this.#tables.budgets.end(seq, step);
        else this.#mark(seq, { run, ...named(step, recipe), seconds: 0, used: (this.#now - received) / 1000 });
      }
    }
  }

  /**
   * The steps that may still have work: messages wait at them, or at one whose outputs lead to them. What services that
   * leave no records have taken, nobody knows to wait: of theirs only that counts which the broker holds.
   */
  #busy(seq: number, recipe: JsonObject, held: ReadonlySet<string>): ReadonlySet<number> {
    const waitedFor = this.#tables.steps.of(seq).filter((each) => {
      const queue = queueOf(recipe, each);
      if (waiting(each) <= 0) return false;
      return each.records > 0 || (queue !== undefined && (held.has(queue) || this.#tables.records.hasQueue(queue)));
    });
    return downstreamOf(
      recipe as Recipe,
      waitedFor.map(({ step }) => step),
    );
  }

  #mark(seq: number, over: OverBudget): void {
    const seconds = this.#tables.budgets.over(seq, over.step);
    if (seconds === undefined) return;
    this.#tables.runs.addOverBudget(seq, 1);
    this.over.push({ ...over, seconds });
  }
}

/** The budgets of a recipe's steps, in seconds. */
function budgetsOf(recipe: JsonObject): readonly (readonly [step: number, seconds: number])[] {
  const valid = recipe as Recipe;
  return stepNumbers(valid).flatMap((number) => {
    const { budget } = readSettings(stepOf(valid, number) ?? {});
    return budget === undefined ? [] : [[number, budget] as const];
  });
}

function named(step: number, recipe: JsonObject): Pick<OverBudget, 'step' | 'service'> {
  const service = stepOf(recipe as Recipe, step)?.service;
  return { step, ...(typeof service === 'string' ? { service } : {}) };
}
