import type { Store } from '../store.ts';
import { Journal } from './journal.ts';
import { PausedServices } from './pauses.ts';
import { Remarks } from './remarks.ts';
import { announcementsOf, failuresOf, missingOf, runsOf } from './shift-counts.ts';
import { burntBudgets, longestWaits, newVersions } from './shift-extremes.ts';
import type {
  BurntBudget,
  ShiftFailures,
  LongWait,
  MissingNumbers,
  NewVersion,
  RunCounts,
  ShiftAnnouncements,
} from './shift-views.ts';

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

/** Of waits, budgets. */
const few = 8;
const many = 100;

/** What shifts need beside the runs, and what they are told of them. */
export class ShiftBook {
  readonly pauses: PausedServices;
  readonly journal: Journal;
  readonly remarks: Remarks;
  readonly #store: Store;

  /** `onPauses` is called when everybody has to be told of them. */
  constructor(store: Store, onPauses: () => void) {
    this.#store = store;
    this.pauses = new PausedServices(store, onPauses);
    this.journal = new Journal(store);
    this.remarks = new Remarks(store);
  }

  /** Read in one go: the numbers belong together. */
  account(from: number, to: number): ShiftAccount {
    const { database } = this.#store;
    return {
      announcements: announcementsOf(database, from, to),
      runs: runsOf(database, from, to),
      failures: failuresOf(database, from, to),
      missing: missingOf(database, from, to),
      waits: longestWaits(database, from, to, few),
      budgets: burntBudgets(database, from, to, few),
      recipes: newVersions(database, from, to, many),
    };
  }
}
