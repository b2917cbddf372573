import type { UnauditedCancellation } from './batch.ts';
import type { OverBudget } from './budgets.ts';
import type { AnnouncementCounts, ResultView, RunSummary } from './views.ts';

/** What the ledger has entered, once it is durable: what the monitor shows live. */
export interface LedgerEvents {
  /** Something new was heard of a run. */
  run: RunSummary;
  /** A step had not finished when its budget was over: told once for each step of a run. */
  overBudget: OverBudget;
  /** A run published a result. */
  result: { readonly run: string; readonly result: ResultView };
  /** Services wrote lines about these runs, and, with `others`, about more. */
  logged: { readonly runs: readonly string[]; readonly others: boolean };
  /** Somebody cancelled a run over the broker, and nobody has written that into the audit. */
  unauditedCancellation: UnauditedCancellation;
  /** Announcements were settled; the counts over all of them. */
  announcements: AnnouncementCounts;
}
