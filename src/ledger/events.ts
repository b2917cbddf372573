import type { AnnouncementCounts, ResultView, RunSummary } from './views.ts';

/** What the ledger has entered, once it is durable: what the monitor shows live. */
export interface LedgerEvents {
  /** Something new was heard of a run. */
  run: RunSummary;
  /** A run published a result. */
  result: { readonly run: string; readonly result: ResultView };
  /** Announcements were settled; the counts over all of them. */
  announcements: AnnouncementCounts;
}
