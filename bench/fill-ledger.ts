import { systemClock } from '../src/core/clock.ts';
import { Book, type Entered } from '../src/ledger/book.ts';
import type { Store } from '../src/ledger/store.ts';
import { batches, type Runs } from './ledger-records.ts';

/** How fast a ledger took records. */
export interface Filled {
  readonly recordsPerSecond: number;
  readonly longestBatchMs: number;
}

const toldEvery = 1_000_000;

/** Enters so many runs, by the code that enters what services send. */
export function fillLedger(into: Store, runs: Runs, say: (line: string) => void = () => undefined): Filled {
  const book = new Book(into, systemClock, {
    queue: (name) => `/queue/${name}`,
    topic: (name) => `/topic/${name}`,
  });
  let [records, seconds, worst] = [0, 0, 0];
  for (const batch of batches(runs)) {
    const begun = performance.now();
    settle(book, book.enter(batch.messages));
    const taken = (performance.now() - begun) / 1000;
    seconds += taken;
    worst = Math.max(worst, taken);
    records += batch.records;
    if (records % toldEvery < batch.records) say(`${String(records)} records entered`);
  }
  return { recordsPerSecond: Math.round(records / seconds), longestBatchMs: Math.round(worst * 1000) };
}

/** What follows the broker's confirmation. */
function settle(book: Book, { sends }: Entered): void {
  const causes = [...sends].filter(([, caused]) => caused.length > 0).map(([id]) => id);
  if (causes.length > 0) book.forget(causes);
}
