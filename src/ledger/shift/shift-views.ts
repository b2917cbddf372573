/** What a hand-over tells of a stretch of time. Times are milliseconds since 1970 UTC. */

/** Announcements that were received in it. */
export interface ShiftAnnouncements {
  /** All of them, whatever became of them. */
  readonly announced: number;
  readonly accepted: number;
  readonly refused: number;
  readonly duplicate: number;
}

/** What became of the runs that were announced in it. */
export interface RunCounts {
  readonly finished: number;
  readonly running: number;
  /** Failed, with something that nobody has addressed. */
  readonly failed: number;
  /** Failed, and all of it addressed. */
  readonly addressed: number;
  readonly cancelled: number;
}

/** Messages that ended as dead letters. */
export interface ShiftFailures {
  /** In it. */
  readonly came: number;
  /** Marked in it. */
  readonly addressed: number;
  /** Now, whenever they came. */
  readonly open: number;
}

/** Run numbers of one visit that were passed over. */
export interface MissingNumbers {
  readonly beamline?: string;
  readonly visit?: string;
  readonly count: number;
  /** As one writes them: `4, 6-8`. */
  readonly numbers: string;
}

/** A message that waited long until it was worked on. */
export interface LongWait {
  readonly run: string;
  readonly step: number;
  readonly service: string;
  readonly seconds: number;
}

/** A step that was over its budget. */
export interface BurntBudget {
  readonly run: string;
  readonly step: number;
  readonly service?: string;
  readonly seconds: number;
  readonly used?: number;
}

/** A version of a recipe that was used for the first time. */
export interface NewVersion {
  readonly time: number;
  readonly name: string;
  readonly hash: string;
  /** The version before, where there was one. */
  readonly before?: string;
  readonly run: string;
}

/** What the ledger knows of a stretch of time. */
export interface ShiftAccount {
  readonly announcements: ShiftAnnouncements;
  readonly runs: RunCounts;
  readonly failures: ShiftFailures;
  readonly missing: readonly MissingNumbers[];
  readonly waits: readonly LongWait[];
  readonly budgets: readonly BurntBudget[];
  readonly recipes: readonly NewVersion[];
}
