/** What failed, as the ledger answers. Times are milliseconds since 1970 UTC. */

/** How much failed that nobody has addressed. */
export interface FailureCounts {
  /** Messages: dead letters, whether the ledger or only the broker tells of them. */
  readonly failures: number;
  readonly groups: number;
  /** Failed runs with any of them, and failed runs of which all are addressed. */
  readonly runs: number;
  readonly addressedRuns: number;
}

/** Failures of one cause: of one step, with one code and message (its variable parts apart), under one version of the recipe. */
export interface FailureGroup {
  readonly id: string;
  readonly step?: number;
  readonly service?: string;
  /** Where no step tells: the queue of dead letters. */
  readonly queue?: string;
  readonly code: string;
  /** What the messages have in common. */
  readonly pattern: string;
  /** The first message. */
  readonly message: string;
  readonly recipes: readonly string[];
  /** The hash of what the recipe was made from. */
  readonly version?: string;
  readonly hosts: readonly string[];
  /** Failures that nobody has addressed, and their runs. */
  readonly open: number;
  readonly runs: number;
  /** Of those, in a queue of dead letters, as far as the broker was asked. */
  readonly letters: number;
  readonly addressed: number;
  /** Of the open ones; absent when there is none. */
  readonly oldest?: number;
  readonly newest: number;
}

/** One message that failed. */
export interface FailureView {
  readonly n: number;
  /** Absent where nothing tells, and where the ledger does not know the run. */
  readonly run?: string;
  readonly step?: number;
  readonly host?: string;
  readonly message: string;
  readonly died: number;
  /** How often it had been sent again before. */
  readonly reinjected: number;
  /** Only the broker tells of it: it was no service of Baton that gave it up. */
  readonly isForeign: boolean;
  /** Of dead letters, in which it is in the broker. */
  readonly queue?: string;
  /** Who has addressed it: the number of the addressing. */
  readonly addressing?: number;
}

/** Somebody's word that failures need nobody any more. */
export interface Addressing {
  readonly n: number;
  readonly time: number;
  readonly user: string;
  readonly reason: string;
  /** Failures that it was said of. */
  readonly count: number;
  readonly undone?: { readonly time: number; readonly user: string };
}

export type LetterActionKind = 'canary' | 'release' | 'purge';

/** What was done with letters of a group. */
export interface LetterAction {
  readonly n: number;
  readonly kind: LetterActionKind;
  readonly user: string;
  readonly reason: string;
  readonly started: number;
  readonly ended?: number;
  /** `interrupted` by somebody, or because the monitor ended; `stopped` by itself, because they died again. */
  readonly state: 'running' | 'ended' | 'interrupted' | 'stopped' | 'failed';
  readonly wanted: number;
  readonly moved: number;
  /** Why it failed, or what could not be moved. */
  readonly problem?: string;
  /** Of a canary. */
  readonly canary?: CanaryOutcome;
}

/** What became of a canary. */
export interface CanaryOutcome {
  readonly run?: string;
  /** `unknown`: nothing that leaves records works on it. */
  readonly state: 'waiting' | 'trying' | 'well' | 'failed' | 'unknown';
  /** Why it failed, this time. */
  readonly message?: string;
  readonly time?: number;
}
