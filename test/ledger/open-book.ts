import { systemClock, type Clock } from '../../src/core/clock.ts';
import { Book, type Entered } from '../../src/ledger/book.ts';
import { Failures } from '../../src/ledger/failures/failures.ts';
import { Queries } from '../../src/ledger/queries.ts';
import { openStore, type Store } from '../../src/ledger/store.ts';
import type { RunDetail, StepView } from '../../src/ledger/views.ts';
import type { LedgerRecord } from '../../src/services/record.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';
import { batchOf } from './records.ts';

/** A book over a store of its own, and short ways to tell it things and to ask it. */
export interface OpenBook extends AsyncDisposable {
  readonly folder: string;
  readonly store: Store;
  readonly book: Book;
  readonly queries: Queries;
  readonly failures: Failures;
  /** Enters one message, with an id of its own, for each list of records. */
  enter(...messages: readonly (readonly LedgerRecord[])[]): Entered;
  /** The run, which must be known. */
  run(id: string): RunDetail;
  step(run: string, step: number): StepView;
}

export async function openBook(clock: Clock = systemClock): Promise<OpenBook> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder());
  const store = stack.use(openStore(folder.path));
  const book = new Book(store, clock, {
    queue: (name) => `/queue/${name}`,
    topic: (name) => `/topic/${name}`,
  });
  const queries = new Queries(store.database);
  const run = (id: string): RunDetail => queries.run(id) ?? fail(`there is no run ${id}`);
  let count = 0;
  return {
    folder: folder.path,
    store,
    book,
    queries,
    failures: new Failures(store, clock),
    enter: (...messages) =>
      book.enter(messages.map((records) => ({ messageId: `m${String((count += 1))}`, body: batchOf(...records) }))),
    run,
    step: (id, number) =>
      run(id).steps.find(({ step }) => step === number) ?? fail(`run ${id} has no step ${String(number)}`),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function fail(message: string): never {
  throw new Error(message);
}
