import { type BatonError, messageOf } from '../core/errors.ts';
import type { Client } from '../stomp/client.ts';
import { invalid, noRoom, refused, stale, unknown } from '../stomp/errors.ts';
import { Loners } from './loners.ts';
import { names } from './names.ts';
import type { RecordBatch } from './record.ts';
import { printRecords } from './record-text.ts';
import type { Settlement } from './settlement.ts';

interface Entry {
  readonly settlement: Settlement;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How many settlements share one transaction at most: 50 to 100 is where ActiveMQ's throughput flattens. */
const batchLimit = 64;
/** Transactions on their way at the same time: the next is written while the broker commits the last. */
const pipelined = 2;

/**
 * Settles on one connection; the only place that acknowledges or sends. Whatever is ready together shares a
 * transaction, and when none is under way nothing waits for company beyond its own turn of the event loop.
 *
 * When the broker refuses a transaction, its connection is over (STOMP 1.2, "ERROR"), and all that was delivered comes
 * again. What shared the refused transaction is from then on settled alone, so that the one that cannot be sent harms
 * no other twice. The same holds when a connection ends without a word: perhaps over what was sent.
 */
export class Settler {
  readonly #client: Client;
  readonly #waiting: Entry[] = [];
  readonly #loners = new Loners();
  #underway = 0;
  /** The end of the turn is waited for. */
  #isDue = false;
  /** A loner is under way. */
  #isAlone = false;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Resolves once the broker confirmed the commit. Rejects with `stomp.refused` or `stomp.invalid` when this settlement
   * is what cannot be settled, as also when several connections ended over it alone; with another error when its
   * deliveries come again, for it to be tried then.
   */
  settle(settlement: Settlement): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject });
      this.#pumpSoon();
    });
  }

  /**
   * At the end of the turn, so that what one turn decides goes together; a full transaction at once, for the broker to
   * work on while the turn goes on.
   */
  #pumpSoon(): void {
    if (this.#waiting.length >= batchLimit) return this.#pump();
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#mayGoOn()) {
      const batch = this.#next();
      this.#underway += 1;
      this.#isAlone = batch.some((entry) => this.#isLoner(entry));
      void this.#commit(batch).finally(() => {
        this.#underway -= 1;
        this.#isAlone = false;
        this.#pump();
      });
    }
  }

  /** Nothing else is under way with a loner: if the connection ends, that was its doing. */
  #mayGoOn(): boolean {
    const [first] = this.#waiting;
    if (!first || this.#isAlone) return false;
    return this.#underway < (this.#isLoner(first) ? 1 : pipelined);
  }

  /** What is first, and all that follows it up to the next that is to be settled alone. */
  #next(): readonly Entry[] {
    const loner = this.#waiting.slice(0, batchLimit).findIndex((entry) => this.#isLoner(entry));
    return this.#waiting.splice(0, loner < 0 ? batchLimit : Math.max(1, loner));
  }

  async #commit(batch: readonly Entry[]): Promise<void> {
    const current = batch.filter((entry) => this.#isCurrent(entry));
    if (current.length === 0) return;
    try {
      await this.#transact(current.map(({ settlement }) => settlement));
      for (const { settlement, resolve } of current) {
        this.#loners.delete(settlement);
        resolve();
      }
    } catch (error) {
      if (current.length > 1 && (invalid.is(error) || stale.is(error))) {
        // Nothing was written, so the connection goes on, and each has its own end.
        for (const entry of current) await this.#commit([entry]);
      } else if (current.length > 1 && refused.is(error)) {
        for (const { settlement, reject } of current) {
          this.#loners.add(settlement);
          reject(stale({ messageId: settlement.acks[0]?.messageId ?? '', reason: error.message }, { cause: error }));
        }
      } else for (const entry of current) entry.reject(unknown.is(error) ? this.#lost(entry, error) : error);
    }
  }

  /** What to say of a settlement under which the connection ended. */
  #lost({ settlement }: Entry, error: BatonError): BatonError {
    // It ended over a full disk, whoever found that first.
    if (noRoom.is(error.cause)) return error;
    if (!this.#loners.has(settlement)) {
      this.#loners.add(settlement);
      return error;
    }
    if (!this.#loners.isCulprit(settlement)) return error;
    // What it is settled with next is something else.
    this.#loners.delete(settlement);
    const what = `the settlement of message ${settlement.acks[0]?.messageId ?? ''}, over which each connection ended`;
    return refused({ what, reason: error.message }, { cause: error });
  }

  #isLoner({ settlement }: Entry): boolean {
    return this.#loners.has(settlement);
  }

  /** A delivery of an earlier connection cannot be acknowledged; left in the batch it would take the others with it. */
  #isCurrent({ settlement, reject }: Entry): boolean {
    const old = settlement.acks.find(({ epoch }) => epoch !== this.#client.epoch);
    if (old) reject(stale({ messageId: old.messageId, reason: 'the connection that brought it is gone' }));
    return old === undefined;
  }

  async #transact(settlements: readonly Settlement[]): Promise<void> {
    const records = settlements.flatMap((settlement) => settlement.records);
    const ledger = { destination: this.#client.queue(names.ledger), body: printed({ records }) };
    await this.#client.transact({
      ack: settlements.flatMap((settlement) => settlement.acks),
      // The ledger first: a step that follows can then not tell of its message before this record is in the queue.
      send: [...(records.length > 0 ? [ledger] : []), ...settlements.flatMap((settlement) => settlement.sends)],
    });
  }
}

/** Throws `stomp.invalid` for a result or a cause that JSON has no form for: that is a failure of its handler, too. */
function printed(batch: RecordBatch): Buffer {
  try {
    return printRecords(batch);
  } catch (cause) {
    throw invalid({ what: `its record (${messageOf(cause)})`, expected: 'what JSON has a form for' }, { cause });
  }
}

/** True when the broker, or the client's own check, refused the transaction: nothing happened, and trying it again is useless. */
export function isRefusal(error: unknown): boolean {
  return refused.is(error) || invalid.is(error);
}
