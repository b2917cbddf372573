import type { Delivery } from './deliveries.ts';
import { memoryFull, transactionTooLarge } from './errors.ts';
import type { Memory } from './memory.ts';
import type { Draft } from './message.ts';

/** What a client wants done together: kept until COMMIT or ABORT. */
export class Transaction {
  readonly name: string;
  readonly sends: Draft[] = [];
  readonly acks: Delivery[] = [];
  readonly nacks: Delivery[] = [];
  readonly #allowedBytes: number;
  readonly #memory: Memory;
  #bytes = 0;

  constructor(name: string, allowedBytes: number, memory: Memory) {
    this.#memory = memory;
    this.name = name;
    this.#allowedBytes = allowedBytes;
  }

  /** Adds a message. Throws `broker.transaction-too-large` or `broker.memory-full`. */
  send(draft: Draft): void {
    const allowed = this.#allowedBytes;
    const bytes = draft.frame.length;
    if (this.#bytes + bytes > allowed) throw transactionTooLarge({ transaction: this.name, allowed });
    const { isCrowded, isFull } = this.#memory;
    if (this.#bytes === 0 ? isCrowded : isFull) throw memoryFull({ allowed: this.#memory.allowed });
    this.#bytes += bytes;
    this.#memory.take(bytes);
    this.sends.push(draft);
  }

  /** It is committed or aborted: its messages are on their way, or dropped. */
  end(): void {
    this.#memory.release(this.#bytes);
    this.#bytes = 0;
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
