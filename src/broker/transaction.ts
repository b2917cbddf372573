import type { Delivery } from './deliveries.ts';
import { transactionTooLarge } from './errors.ts';
import type { Draft } from './message.ts';

/** What a client wants done together: kept until COMMIT or ABORT. */
export class Transaction {
  readonly name: string;
  readonly sends: Draft[] = [];
  readonly acks: Delivery[] = [];
  readonly nacks: Delivery[] = [];
  readonly #allowedBytes: number;
  #bytes = 0;

  constructor(name: string, allowedBytes: number) {
    this.name = name;
    this.#allowedBytes = allowedBytes;
  }

  /** Adds a message. Throws `broker.transaction-too-large`. */
  send(draft: Draft): void {
    this.#bytes += draft.frame.length;
    const allowed = this.#allowedBytes;
    if (this.#bytes > allowed) throw transactionTooLarge({ transaction: this.name, allowed });
    this.sends.push(draft);
  }

  /** Adds deliveries to settle. */
  settle(kind: 'acks' | 'nacks', deliveries: readonly Delivery[]): void {
    for (const delivery of deliveries) {
      delivery.isInTransaction = true;
      this[kind].push(delivery);
    }
  }

  /** Lets go of the deliveries, which are returned. */
  release(): readonly Delivery[] {
    const deliveries = [...this.acks, ...this.nacks];
    for (const delivery of deliveries) delivery.isInTransaction = false;
    return deliveries;
  }
}
