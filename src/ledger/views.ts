import type { Json, JsonObject } from '../core/json.ts';
import type { Cause, ProgramAccount, RecipeSource, SentOutput, StepOutcome } from '../services/record.ts';

/** What the ledger answers. Times are milliseconds since 1970 UTC. */

/** `inferred` runs pass through services that leave no records. */
export type RunState = 'running' | 'finished' | 'failed' | 'cancelled';

export interface RunSummary {
  readonly id: string;
  readonly state: RunState;
  readonly inferred: boolean;
  readonly recipes: readonly string[];
  readonly announced: number;
  readonly ended?: number;
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly runNumber?: string;
  readonly event?: string;
  readonly user?: string;
  /** It is running still, and is to be cancelled: some of its messages have not been settled. */
  readonly isCancelling?: boolean;
  /** Messages of this run, over all its steps. */
  readonly sent: number;
  readonly waiting: number;
  readonly failed: number;
  /** Steps that had not finished when their budget was over; some may have since. */
  readonly overBudget: number;
  /** The run that this one repeats. */
  readonly rerunOf?: string;
}

/** One step's part of the equation: sent = done + joined + skipped + duplicate + late + errorLink + dead + cancelled + waiting. */
export interface StepView {
  readonly step: number;
  readonly service?: string;
  readonly queue?: string;
  /** True when the step leaves no records: what it did is read from the messages that came after it. */
  readonly inferred?: boolean;
  readonly sent: number;
  readonly waiting: number;
  readonly done: number;
  readonly joined: number;
  readonly skipped: number;
  readonly duplicate: number;
  readonly late: number;
  readonly errorLink: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly retries: number;
  readonly deferrals: number;
  /** Where the recipe gives the step one: seconds from the announcement, those that its latest delivery had used, and whether it was over. */
  readonly budget?: { readonly seconds: number; readonly used?: number; readonly over: boolean };
}

export interface DeliveryView {
  readonly id: string;
  readonly key: string;
  readonly step: number;
  readonly service: string;
  readonly host: string;
  readonly attempt: number;
  readonly deferral: number;
  readonly outcome: StepOutcome;
  readonly sent: number;
  readonly received: number;
  readonly started: number;
  readonly finished: number;
  readonly cause?: Cause;
  /** Seconds from the announcement that its step has, and those that had passed. */
  readonly budget?: { readonly seconds: number; readonly used: number };
  readonly outputs: readonly SentOutput[];
  /** What the program took that was run for it, if one was. */
  readonly program?: ProgramAccount;
}

export interface ResultView {
  readonly time: number;
  readonly step: number;
  readonly result: Json;
}

/** A result in the list of its run's: its number there, from 1. */
export interface ResultEntry {
  readonly n: number;
  readonly time: number;
  readonly step: number;
  readonly bytes: number;
}

/** A result whole. */
export interface NumberedResult extends ResultView {
  readonly n: number;
}

export interface ReplyView {
  readonly status: string;
  readonly to: string;
  readonly outcome: 'sent' | 'late' | 'undeliverable';
  readonly time: number;
  readonly reason?: string;
}

export interface RunDetail extends RunSummary {
  readonly parameters: JsonObject;
  readonly recipe?: JsonObject;
  readonly recipeHash?: string;
  /** Of what the recipe was made from: the same for all runs of one version of the file. */
  readonly sourceHash?: string;
  /** W3C Trace Context: the trace and the span of the run. */
  readonly traceparent?: string;
  /** Runs that repeat this one, the latest first, at most 100. */
  readonly reruns: readonly string[];
  /** When, by whom and why it was cancelled, if it was; it has ended when its state says so, too. */
  readonly cancellation?: { readonly time: number; readonly user?: string; readonly reason?: string };
  readonly steps: readonly StepView[];
  /** The latest first, at most 200. */
  readonly deliveries: readonly DeliveryView[];
  readonly results: readonly ResultView[];
  readonly replies: readonly ReplyView[];
}

/** What a run follows, and what that was made from. */
export interface RunRecipe {
  readonly run: string;
  readonly state: RunState;
  /** Of the announcement. */
  readonly parameters: JsonObject;
  /** Filled in. Absent, as a text below, where it is too large to be kept. */
  readonly recipe?: JsonObject;
  readonly recipeHash?: string;
  readonly sourceHash?: string;
  /** In the order of merging; absent when the ledger was not told. */
  readonly sources?: readonly RecipeSource[];
}

/** The runs that a recipe was part of, since the ledger counts them. */
export interface RecipeRuns {
  readonly runs: number;
  readonly failed: number;
  /** When the latest was announced, and its id. */
  readonly latest: number;
  readonly run: string;
}

/** A version of a recipe that runs were made from: by its meaning, as layout and the order of keys do not count. */
export interface RecipeVersion extends RecipeRuns {
  readonly hash: string;
  readonly first: number;
  /** As the latest of them had it; absent where it is no longer, or was too large to be, kept. */
  readonly text?: string;
}

/** One page of a list, newest first; `next` is the cursor for the page after it, absent on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** Milliseconds: half of them took at most so long, and none longer than the longest. */
export interface Spread {
  readonly p50: number;
  readonly max: number;
}

/** How many messages of a step were in each phase at the same time: the average over each slice of the run. */
export interface PhaseLoad {
  readonly waiting: readonly number[];
  readonly held: readonly number[];
  readonly running: readonly number[];
}

/** Where the time of a step's deliveries went: waiting in the broker (or parked), held by the service until it began, and running. */
export interface StepWaterfall {
  readonly step: number;
  readonly service: string;
  readonly deliveries: number;
  readonly waiting: Spread;
  readonly held: Spread;
  readonly running: Spread;
  readonly load: PhaseLoad;
}

/** The times of one delivery: it waited from `since` to `received`, was held until `started`, and ran until `finished`. */
export interface DeliveryTimes {
  readonly id: string;
  readonly key: string;
  readonly step: number;
  readonly attempt: number;
  readonly outcome: StepOutcome;
  readonly since: number;
  readonly received: number;
  readonly started: number;
  readonly finished: number;
}

/** Where the time of a run went. */
export interface Waterfall {
  readonly run: string;
  readonly from: number;
  readonly to: number;
  /** Deliveries that were looked at, the latest, of so many. */
  readonly deliveries: number;
  readonly of: number;
  /** Into how many equal slices the time from `from` to `to` is cut. */
  readonly slices: number;
  readonly steps: readonly StepWaterfall[];
  /** The deliveries, of the step that was asked for, that took longest from waiting to finished, in the order of time: at most 60. */
  readonly longest: readonly DeliveryTimes[];
}

/** One page of runs, and what is not in any: how many were removed, all of which had ended `before` or then. */
export interface RunPage extends Page<RunSummary> {
  readonly removed?: { readonly runs: number; readonly before: number };
}

/** announced = accepted + refused + duplicate (announcements still waiting stand in the broker's queue). */
export interface AnnouncementCounts {
  readonly announced: number;
  readonly accepted: number;
  readonly refused: number;
  readonly duplicate: number;
}
