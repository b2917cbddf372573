import type { BatonError } from '../core/errors.ts';
import { noRoom, refused, unknown } from './errors.ts';

/** What was written on one connection and awaits its RECEIPT. */
export class Receipts {
  readonly #pending = new Map<string, Pending>();
  #abandoned: BatonError | undefined;
  #count = 0;
  #answered = 0;

  get size(): number {
    return this.#pending.size;
  }

  /** How many there have been. */
  get answered(): number {
    return this.#answered;
  }

  /** The receipt that is due first. */
  get first(): string | undefined {
    return this.#pending.keys().next().value;
  }

  /** An id for the header `receipt`, never used before on this connection. */
  next(): string {
    this.#count += 1;
    return `r${String(this.#count)}`;
  }

  /** Resolves when the receipt arrives. `what` completes the sentence "Whether … happened is unknown". */
  async expect(receipt: string, what: string): Promise<void> {
    if (this.#abandoned) throw unanswered(what, this.#abandoned);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#pending.set(receipt, { what, resolve, reject });
    await promise;
  }

  arrive(receipt: string): void {
    this.#take(receipt)?.resolve();
  }

  /** An ERROR came, in place of that receipt if it names one. */
  refuse(receipt: string | undefined, reason: string, isNoRoom: boolean): BatonError {
    const pending = this.#take(receipt ?? '');
    const kind = isNoRoom ? noRoom : refused;
    const error = kind({ what: pending?.what ?? 'a frame that asked for no receipt', reason });
    pending?.reject(error);
    return error;
  }

  /** The connection is gone: everything pending is unknown. */
  abandon(reason: BatonError): void {
    this.#abandoned = reason;
    for (const { what, reject } of this.#pending.values()) reject(unanswered(what, reason));
    this.#pending.clear();
  }

  #take(receipt: string): Pending | undefined {
    const pending = this.#pending.get(receipt);
    if (this.#pending.delete(receipt)) this.#answered += 1;
    return pending;
  }
}

function unanswered(what: string, reason: BatonError): BatonError {
  return unknown({ what, reason: reason.message }, { cause: reason });
}

interface Pending {
  readonly what: string;
  readonly resolve: () => void;
  readonly reject: (error: BatonError) => void;
}
