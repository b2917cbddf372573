import type { Json } from '../../core/json.ts';
import type {
  Addressing,
  FailureCounts,
  FailureGroup,
  FailureView,
  LetterAction,
} from '../../ledger/failures/failure-views.ts';
import type { Page } from '../../ledger/views.ts';

/** How much failed, and what the broker has and does not show. */
export interface FailedCounts extends FailureCounts {
  /** By queue: letters that are there and have not been looked at. */
  readonly unseen: readonly { readonly queue: string; readonly letters: number }[];
}

/** A page of groups. */
export interface FailedPage extends Page<FailureGroup> {
  readonly counts: FailedCounts;
}

/** A group, what failed, and what was done about it. */
export interface FailureGroupView {
  readonly group: FailureGroup;
  readonly failures: Page<FailureView>;
  readonly addressings: readonly Addressing[];
  readonly actions: readonly LetterAction[];
}

/** What actions on a group would touch now: what is in the broker, as it was last looked at. */
export interface LetterPreview {
  readonly open: number;
  readonly runs: number;
  /** The letters of the group that are there. */
  readonly letters: number;
  /** Of those, letters that tell no queue to go back to. */
  readonly homeless: number;
  readonly from: readonly { readonly queue: string; readonly count: number }[];
  readonly to: readonly { readonly destination: string; readonly count: number }[];
  /** The number of the latest failure: what comes later is not addressed with these. */
  readonly upTo: number;
}

/** A letter as it is in the broker. */
export interface LetterView {
  readonly id: string;
  readonly queue: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** As JSON, text, or `{base64}`; only its beginning where it is not whole. */
  readonly body: Json;
  readonly isWhole: boolean;
}

export interface FailureLetter {
  readonly failure: FailureView;
  readonly letter: LetterView;
}

/** How many failures were marked, or are open again. */
export interface Addressed {
  readonly count: number;
}

/** The number of the action that began, or ended. */
export interface BegunAction {
  readonly action: number;
}
