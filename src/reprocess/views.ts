import type { Json, JsonObject } from '../core/json.ts';

/** What reprocessing answers. Times are milliseconds since 1970 UTC. */

/** Which runs. All that is said has to hold; runs that repeat others are never selected, but those that they repeat. */
export interface Selection {
  /** Run numbers as people write them: `4,6-8`. */
  readonly numbers?: string;
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  /** Runs that followed this recipe. */
  readonly recipe?: string;
  /** `refused`: announcements of which no run came about. */
  readonly state?: SourceState;
  /** Announced at this time or later. */
  readonly from?: number;
  /** Announced before this time. */
  readonly to?: number;
  /** Collections of which no run, and no rerun, ever followed this recipe; of each the latest run. */
  readonly lacks?: string;
}

export type SourceState = 'finished' | 'failed' | 'cancelled' | 'refused';

/** The recipes: as each run had them, the same by name as they are now, or one other for all. */
export type RecipeChoice =
  { readonly use: 'stored' } | { readonly use: 'current' } | { readonly use: 'named'; readonly name: string };

/** How fast. */
export interface Pace {
  readonly runsPerMinute: number;
  /** Runs that are under way at the same time. */
  readonly atOnce: number;
}

/** What is wished for. */
export interface BackfillRequest {
  readonly selection: Selection;
  readonly recipe: RecipeChoice;
  /** Take the place of those of each announcement. */
  readonly parameters: JsonObject;
  readonly pace: Pace;
}

/** How much that is, from what the same runs, or the latest of the recipe, took. */
export interface Estimate {
  readonly runs: number;
  readonly steps: number;
  readonly messages: number;
  /** Seconds that one run takes; absent where none has ended yet. */
  readonly secondsEach?: number;
  /** Seconds until the last has ended at that pace, while nothing holds it. */
  readonly seconds: number;
}

/** A run that would be repeated. */
export interface SourceRun {
  readonly run: string;
  readonly state: SourceState;
  readonly announced: number;
  readonly recipes: readonly string[];
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly number?: string;
}

/** Runs that were selected and cannot be repeated, and why. */
export interface LeftOut {
  readonly reason: string;
  readonly runs: number;
  /** Some of them. */
  readonly such: readonly string[];
}

/** A parameter that may be edited: from the recipes that use it and the announcements that gave it. */
export interface ParameterField {
  readonly name: string;
  /** Of the service's schema where the recipe hands it to one as it is; else as the values are. */
  readonly type?: 'number' | 'integer' | 'string' | 'boolean';
  readonly description?: string;
  readonly choices?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Where recipes use it, in words; empty where they do not. */
  readonly usedBy: readonly string[];
  /** The values of the selected runs, the most frequent first, at most five. */
  readonly values: readonly Json[];
  /** In how many of the runs that were looked at it is given. */
  readonly givenBy: number;
}

/** What a back-fill would be, before it is. */
export interface BackfillPreview {
  readonly estimate: Estimate;
  /** In the order in which they would start; the first hundred. */
  readonly runs: readonly SourceRun[];
  readonly leftOut: readonly LeftOut[];
  /** Run numbers of which there is no run at all: of the range, or between the first and the last found. */
  readonly gaps?: string;
  readonly fields: readonly ParameterField[];
  /** Runs whose recipes are others today than they were; absent where that does not matter. */
  readonly changedRecipes?: readonly { readonly name: string; readonly runs: number; readonly example: string }[];
  /** Names exactly these runs: what is created is this, or nothing. */
  readonly digest: string;
}

export type BackfillState = 'running' | 'paused' | 'cancelled' | 'finished';

/** Why nothing is started at the moment, though nobody has paused it. */
export type Hold =
  | { readonly why: 'live'; readonly since: number; readonly until: number; readonly beamlines: readonly string[] }
  | { readonly why: 'waiting'; readonly since: number; readonly queue: string; readonly messages: number }
  | { readonly why: 'deep'; readonly since: number; readonly queue: string; readonly messages: number }
  | { readonly why: 'broker' | 'ledger' | 'queues'; readonly since: number };

/** What became of a run of a back-fill; from `running` on as the ledger has it. */
export type ItemState =
  'waiting' | 'announcing' | 'announced' | 'running' | 'finished' | 'failed' | 'cancelled' | 'refused' | 'withdrawn';

/** How many runs are in which state: together they are all of them. */
export type ItemCounts = Readonly<Record<ItemState, number>>;

export interface BackfillView extends BackfillRequest {
  readonly id: string;
  readonly state: BackfillState;
  /** Of one that is running. */
  readonly held?: Hold;
  readonly created: number;
  readonly creator: string;
  readonly reason: string;
  readonly ended?: number;
  readonly estimate: Estimate;
  readonly counts: ItemCounts;
  /** Seconds until the last has ended, while nothing holds it; absent where nothing is left, or nothing is known. */
  readonly secondsLeft?: number;
  /** Who paused, resumed or cancelled it last, and why. */
  readonly changed?: { readonly time: number; readonly by: string; readonly why: string };
}

/** One run of a back-fill. */
export interface BackfillRun {
  /** Its number in the back-fill, from 1. */
  readonly n: number;
  /** The run that is repeated. */
  readonly source: string;
  /** The id under which it is. */
  readonly run: string;
  readonly number?: string;
  readonly collection?: string;
  readonly state: ItemState;
  /** When it was announced. */
  readonly announced?: number;
  readonly reason?: string;
}
