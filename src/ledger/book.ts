import type { Clock } from '../core/clock.ts';
import type { Destinations } from '../services/names.ts';
import { shownRecords } from '../services/record-text.ts';
import type { Outgoing } from '../stomp/client.ts';
import type { OverBudget } from './budgets.ts';
import { Batch, type RecordMessage, type RunResult, type UnauditedCancellation } from './batch.ts';
import { Queries } from './queries.ts';
import type { Store } from './store.ts';
import { Tables } from './tables/tables.ts';
import type { AnnouncementCounts, RunSummary } from './views.ts';

/** What a batch of messages changed, and what is to be sent with the acknowledgement of each, by its id. */
export interface Entered {
  readonly sends: ReadonlyMap<string, readonly Outgoing[]>;
  readonly runs: readonly RunSummary[];
  readonly results: readonly RunResult[];
  readonly overBudget: readonly OverBudget[];
  /** What is shown as failed has changed. */
  readonly hasFailures: boolean;
  readonly unaudited: readonly UnauditedCancellation[];
  /** Absent when no announcement was settled. */
  readonly announcements?: AnnouncementCounts;
}

/** A week: a record message that was not delivered again by then had been acknowledged. */
const longEnough = 7 * 24 * 3600 * 1000;

/** Enters records into the store, and keeps every tally in the transaction that stores the record it comes from. */
export class Book {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #destinations: Destinations;
  readonly #tables: Tables;
  readonly #queries: Queries;

  constructor(store: Store, clock: Clock, destinations: Destinations) {
    this.#store = store;
    this.#clock = clock;
    this.#destinations = destinations;
    this.#tables = new Tables(store.database);
    this.#queries = new Queries(store.database);
    this.#tables.caused.forgetBefore(clock.now() - longEnough);
    this.#tables.cancellations.forgetUnknown(clock.now());
  }

  /** Enters the messages in one transaction. What has been entered before changes nothing, and causes again what it caused. */
  enter(messages: readonly RecordMessage[]): Entered {
    return this.#store.transaction(() => {
      const batch = new Batch(this.#tables, this.#clock.now());
      for (const message of messages) batch.add(message);
      const answers = batch.close(this.#destinations);
      const sendsOf = (id: string): readonly Outgoing[] => [...this.#tables.caused.of(id), ...(answers.get(id) ?? [])];
      return {
        sends: new Map(messages.map(({ messageId }) => [messageId, sendsOf(messageId)])),
        runs: batch.runs.flatMap((id) => this.#queries.summary(id) ?? []),
        results: batch.results,
        overBudget: batch.overBudget,
        hasFailures: batch.hasFailures,
        unaudited: batch.unaudited,
        ...(batch.announced ? { announcements: this.#queries.announcements() } : {}),
      };
    });
  }

  /** Keeps a message that cannot be entered, with the reason, in place of entering it. */
  refuse({ messageId, body }: RecordMessage, reason: string): Entered {
    return this.#store.transaction(() => {
      const batch = new Batch(this.#tables, this.#clock.now());
      batch.refuse(messageId, { place: -1, reason, body: shownRecords(body, Infinity) });
      batch.close(this.#destinations);
      return { sends: new Map(), runs: [], results: [], overBudget: [], hasFailures: false, unaudited: [] };
    });
  }

  /** To be told the ids of messages whose acknowledgement was confirmed, and that had something to send. */
  forget(messageIds: readonly string[]): void {
    this.#store.transaction(() => {
      for (const id of messageIds) this.#tables.caused.forget(id);
    });
  }
}
