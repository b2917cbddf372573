import type { RunFilter } from '../../ledger/queries.ts';
import type { RunSummary } from '../../ledger/views.ts';
import type { RerunWish } from '../reruns/views.ts';

/** What is to be done with several runs. */
export type BulkAction = { readonly what: 'cancel' } | { readonly what: 'rerun'; readonly wish: RerunWish };

/** Which runs: these, or all that a list of runs with this filter shows. */
export interface BulkSelection {
  readonly runs?: readonly string[];
  readonly filter?: Omit<RunFilter, 'cursor' | 'limit'>;
}

/** What would be done, run by run. */
export interface BulkPreview {
  readonly items: readonly BulkItem[];
  /** How many of them it can be done with. */
  readonly possible: number;
  /** There are more runs than may be touched at a time: the newest are shown. */
  readonly isCut: boolean;
  readonly most: number;
}

export interface BulkItem {
  readonly run: string;
  /** Absent where the ledger does not know it. */
  readonly summary?: RunSummary;
  readonly possible: boolean;
  /** What it would mean, or why it cannot be done. */
  readonly words: string;
  /** Names exactly that: what is done is this, or nothing. */
  readonly plan: string;
}

/** A line of the answer while it is done: what became of one run. */
export interface BulkResult {
  readonly run: string;
  readonly isDone: boolean;
  readonly words: string;
  /** The run that was started. */
  readonly started?: string;
}
