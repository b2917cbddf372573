import type { Json, JsonObject } from '../../core/json.ts';
import type { RunState } from '../../ledger/views.ts';
import type { DifferenceInWords } from '../../recipes/diff-words.ts';
import type { ParameterField } from '../announcing/announcing-site.ts';

/** How a run is to be repeated. */
export interface RerunWish {
  /** All of it; what ended badly or not at all; or what a step was sent, and all that follows. */
  readonly part: 'whole' | 'failed' | 'from';
  /** From which, where `part` is `from`: by its number in the recipe that the run followed. */
  readonly step?: number;
  /** The recipes as the run had them, or those of the same names as they are now. */
  readonly recipe: 'stored' | 'current';
  /** Parameters that take the place of those of its announcement, or are added. */
  readonly set?: JsonObject;
  /** Parameters that are left out. */
  readonly unset?: readonly string[];
  /** STOMP priority of all its messages; 2, behind live work, where absent. */
  readonly priority?: number;
}

/** Exactly what would start. */
export interface RerunPreview {
  readonly run: string;
  readonly state: RunState;
  readonly wish: RerunWish;
  /** Messages that the new run begins with. */
  readonly messages: number;
  /** All steps of the recipe that it follows, by number. */
  readonly steps: readonly RerunStep[];
  /** The first of these messages. */
  readonly begins: readonly RerunMessage[];
  readonly recipes: readonly RerunRecipe[];
  /** All that the new run is announced with, but for its id; what changed; and what may be edited. */
  readonly parameters: JsonObject;
  readonly changes: readonly ParameterChange[];
  readonly fields: readonly ParameterField[];
  readonly priority: number;
  /** What whoever starts it should know, a sentence each. */
  readonly notes: readonly string[];
  /** Names exactly this: what is started is this, or nothing. */
  readonly plan: string;
  /** The announcement without the id of the new run, where it was asked for. */
  readonly announcement?: JsonObject;
}

export interface RerunStep {
  readonly step: number;
  readonly service?: string;
  readonly queue?: string;
  /** Messages to it that the run begins with. */
  readonly messages: number;
  /** Whether messages may come to it from those. */
  readonly follows: boolean;
}

export interface RerunMessage {
  readonly step: number;
  readonly payload: Json;
  readonly bytes: number;
  readonly overErrorLink?: boolean;
}

/** A recipe of the run, and what has become of it since. */
export interface RerunRecipe {
  readonly name: string;
  /** The hash of its meaning: as the run had it, and as it is now, where there is one. */
  readonly stored: string;
  readonly current?: string;
  /** From the stored one to that of now; absent where they cannot be compared. */
  readonly differences?: readonly DifferenceInWords[];
  /** Why there is nothing to compare with. */
  readonly trouble?: string;
}

export interface ParameterChange {
  readonly name: string;
  readonly before?: Json;
  readonly after?: Json;
}

/** What became of an announcement. */
export interface StartedView {
  /** The id of the new run. */
  readonly run: string;
  /** `waiting`: it is safe with the broker, and no dispatcher has answered yet. */
  readonly status: 'accepted' | 'refused' | 'duplicate' | 'waiting';
  readonly reason?: string;
  readonly next?: string;
}
