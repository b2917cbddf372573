import type { Client, Outgoing } from '../stomp/client.ts';
import { invalid, refused, stale } from '../stomp/errors.ts';
import { names } from './names.ts';
import type { RecordBatch } from './record.ts';
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

/** Message ids remembered after a refused batch, each to be settled alone; the oldest are forgotten first. */
const rememberedLoners = 10_000;

/**
 * Settles on one connection; the only place that acknowledges or sends. Whatever is ready together shares a
 * transaction, and nothing waits for company when no transaction is under way.
 *
 * When the broker refuses a transaction, its connection is over (STOMP 1.2, "ERROR"), and all that was delivered comes
 * again. What shared the refused transaction is from then on settled alone, so that the one that cannot be sent harms
 * no other twice.
 */
export class Settler {
  readonly #client: Client;
  readonly #waiting: Entry[] = [];
  readonly #loners = new Set<string>();
  #underway = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /**
   * Resolves once the broker confirmed the commit. Rejects with `stomp.refused` or `stomp.invalid` when this settlement
   * is what cannot be settled; with another error when its deliveries come again, for it to be tried then.
   */
  async settle(settlement: Settlement): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#underway < pipelined) {
      const batch = this.#next();
      this.#underway += 1;
      void this.#commit(batch).finally(() => {
        this.#underway -= 1;
        this.#pump();
      });
    }
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
        this.#forget(settlement);
        resolve();
      }
    } catch (error) {
      if (current.length > 1 && invalid.is(error)) {
        // Nothing was written, so the connection goes on.
        for (const entry of current) await this.#commit([entry]);
      } else if (current.length > 1 && refused.is(error)) {
        for (const { settlement, reject } of current) {
          this.#remember(settlement);
          reject(stale({ messageId: settlement.acks[0]?.messageId ?? '', reason: error.message }, { cause: error }));
        }
      } else for (const { reject } of current) reject(error);
    }
  }

  #isLoner({ settlement }: Entry): boolean {
    return this.#loners.size > 0 && settlement.acks.some(({ messageId }) => this.#loners.has(messageId));
  }

  #remember({ acks }: Settlement): void {
    for (const { messageId } of acks) this.#loners.add(messageId);
    for (const oldest of this.#loners) {
      if (this.#loners.size <= rememberedLoners) break;
      this.#loners.delete(oldest);
    }
  }

  #forget({ acks }: Settlement): void {
    for (const { messageId } of acks) this.#loners.delete(messageId);
  }

  /** A delivery of an earlier connection cannot be acknowledged; left in the batch it would take the others with it. */
  #isCurrent({ settlement, reject }: Entry): boolean {
    const old = settlement.acks.find(({ epoch }) => epoch !== this.#client.epoch);
    if (old) reject(stale({ messageId: old.messageId, reason: 'the connection that brought it is gone' }));
    return old === undefined;
  }

  async #transact(settlements: readonly Settlement[]): Promise<void> {
    const records = settlements.flatMap((settlement) => settlement.records);
    const batch: RecordBatch = { records };
    const ledger: Outgoing = { destination: this.#client.queue(names.ledger), body: JSON.stringify(batch) };
    await this.#client.transact({
      ack: settlements.flatMap((settlement) => settlement.acks),
      // The ledger first: a step that follows can then not tell of its message before this record is in the queue.
      send: [...(records.length > 0 ? [ledger] : []), ...settlements.flatMap((settlement) => settlement.sends)],
    });
  }
}

/** True when the broker, or the client's own check, refused the transaction: nothing happened, and trying it again is useless. */
export function isRefusal(error: unknown): boolean {
  return refused.is(error) || invalid.is(error);
}
