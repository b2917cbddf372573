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

/**
 * Settles on one connection; the only place that acknowledges or sends. Whatever is ready together shares a
 * transaction, and nothing waits for company when no transaction is under way.
 */
export class Settler {
  readonly #client: Client;
  readonly #waiting: Entry[] = [];
  #underway = 0;

  constructor(client: Client) {
    this.#client = client;
  }

  /** Resolves once the broker confirmed the commit. Rejects with `stomp.refused` or `stomp.invalid` when nothing happened and never will, with another error when the connection was lost. */
  async settle(settlement: Settlement): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ settlement, resolve, reject });
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#underway < pipelined) {
      const batch = this.#waiting.splice(0, batchLimit);
      this.#underway += 1;
      void this.#commit(batch).finally(() => {
        this.#underway -= 1;
        this.#pump();
      });
    }
  }

  /** One transaction for the batch; when the broker refuses it, one each, so that one bad outcome harms no other. */
  async #commit(batch: readonly Entry[]): Promise<void> {
    const current = batch.filter((entry) => this.#isCurrent(entry));
    if (current.length === 0) return;
    try {
      await this.#transact(current.map(({ settlement }) => settlement));
      for (const { resolve } of current) resolve();
    } catch (error) {
      if (current.length === 1 || !isRefusal(error)) for (const { reject } of current) reject(error);
      else for (const entry of current) await this.#commit([entry]);
    }
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
      send: [...settlements.flatMap((settlement) => settlement.sends), ...(records.length > 0 ? [ledger] : [])],
    });
  }
}

/** True when the broker, or the client's own check, refused the transaction: nothing happened, and trying it again is useless. */
export function isRefusal(error: unknown): boolean {
  return refused.is(error) || invalid.is(error);
}
