import type { Store } from '../store.ts';
import { Journal } from './journal.ts';
import { PausedServices } from './pauses.ts';
import { Remarks } from './remarks.ts';
import { announcementsOf, failuresOf, missingOf, runsOf } from './shift-counts.ts';
import { burntBudgets, longestWaits, newVersions } from './shift-extremes.ts';
import type { ShiftAccount } from './shift-views.ts';

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
