import { systemClock, type Clock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { silent, type Log } from '../core/log.ts';
import { names } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';
import { Book, type Entered } from './book.ts';
import { BudgetWatch } from './budget-watch.ts';
import { Bulletin } from './bulletin.ts';
import { Consumer, type Trouble } from './consumer.ts';
import type { LedgerEvents } from './events.ts';
import { Failures } from './failures/failures.ts';
import { LogBook } from './logs/log-book.ts';
import { LogQueries } from './logs/log-queries.ts';
import { LogStore, standardLogLimits, type LogLimits } from './logs/log-store.ts';
import { PastRuns } from './past-runs.ts';
import { Queries } from './queries.ts';
import { QuietWatch } from './quiet.ts';
import { standardKeep, type Keep } from './retention/keep.ts';
import { Retention } from './retention/retention.ts';
import { ShiftBook } from './shift/shift-book.ts';
import { openStore } from './store.ts';

export interface LedgerOptions {
  /** A connection that was started. */
  readonly client: Client;
  /** The folder of the store, made when it is not there. */
  readonly folder: string;
  readonly clock?: Clock;
  readonly log?: Log;
  /** Seconds without news after which a run that passes through services without records is taken to have ended. */
  readonly quietAfter?: number;
  /** What is not absent counts in place of what is usual. */
  readonly keep?: Partial<Keep>;
  /** How much is kept of what services log about runs, and a connection of its own over which it comes. */
  readonly runLog?: { readonly limits?: LogLimits; readonly client?: Client };
}

/** A running ledger. */
export interface Ledger extends AsyncDisposable {
  readonly folder: string;
  readonly events: Events<LedgerEvents>;
  readonly queries: Queries;
  readonly logs: LogQueries;
  readonly failures: Failures;
  readonly past: PastRuns;
  readonly shifts: ShiftBook;
  /** Why nothing is entered at the moment; undefined when all is well. */
  readonly trouble: Trouble | undefined;
  /** It is above the size that it may have, and no run that has ended may be removed. */
  readonly isTooLarge: boolean;
  /** Resolves when what was entered is acknowledged and the store is closed. May be called twice. */
  stop(): Promise<void>;
}

/** How many record messages the broker may send ahead. ActiveMQ's acknowledgements slow down with more. */
const prefetch = 200;

/** Starts the one ledger of a store. Throws `ledger.taken` when it has one already. */
export async function startLedger(options: LedgerOptions): Promise<Ledger> {
  const { client, folder, clock = systemClock, log = silent, quietAfter = 3600, runLog = {} } = options;
  const stack = new AsyncDisposableStack();
  try {
    const store = stack.use(openStore(folder));
    const book = new Book(store, clock, client);
    const events = new Events<LedgerEvents>();
    const failures = new Failures(store, clock);
    const consumer = new Consumer({
      client,
      book,
      clock,
      log,
      onEntered: (entered) => announce(events, failures, log, entered),
    });
    const destination = client.queue(names.ledger);
    const request = { destination, ack: 'client-individual', prefetch } as const;
    const subscription = await client.subscribe(request, (delivery) => consumer.take(delivery));
    stack.defer(() => subscription.unsubscribe());
    stack.defer(() => consumer.stop());
    const shifts = new ShiftBook(store, () => bulletin.tell());
    const bulletin = new Bulletin(client, store.database, () => shifts.pauses.all, clock);
    stack.defer(() => bulletin.stop());
    await bulletin.start();
    const budgets = new BudgetWatch({ client, database: store.database, clock, log });
    stack.defer(() => budgets.stop());
    budgets.start();
    const watch = new QuietWatch({ client, database: store.database, clock, log, quietAfter });
    stack.defer(() => watch.stop());
    watch.start();
    const retention = new Retention({ store, keep: { ...standardKeep, ...options.keep }, clock, log });
    stack.defer(() => retention.stop());
    retention.start();
    const logStore = stack.use(new LogStore(folder, runLog.limits ?? standardLogLimits));
    const logBook = new LogBook({ client: runLog.client ?? client, store: logStore, events, clock, log });
    stack.defer(() => logBook.stop());
    await logBook.start();
    const running = stack.move();
    return {
      folder,
      events,
      queries: new Queries(store.database),
      logs: new LogQueries(logStore.database),
      failures,
      past: new PastRuns(store.database),
      shifts,
      get trouble() {
        return consumer.trouble;
      },
      get isTooLarge() {
        return retention.isTooLarge;
      },
      stop: () => running.disposeAsync(),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

function announce(events: Events<LedgerEvents>, failures: Failures, log: Log, entered: Entered): void {
  const { runs, results, overBudget, announcements, hasFailures } = entered;
  for (const run of runs) events.emit('run', run);
  for (const result of results) events.emit('result', result);
  for (const over of overBudget) {
    log.warn(over, 'a step is over its budget');
    events.emit('overBudget', over);
  }
  if (announcements) events.emit('announcements', announcements);
  if (hasFailures) failures.events.emit('changed', {});
  for (const cancellation of entered.unaudited) events.emit('unauditedCancellation', cancellation);
}
