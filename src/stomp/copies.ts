import type { BatonError } from '../core/errors.ts';
import type { Delivery } from './message.ts';

/** The copies that arrive while a queue is browsed: to be iterated once, from the first to the last. */
export class Copies implements AsyncIterable<Delivery> {
  #arrived: Delivery[] = [];
  #isRead = false;
  #end: 'reached' | BatonError | undefined;
  #news = Promise.withResolvers<void>();

  /** Takes a copy, or the frame that ends them: ActiveMQ's, with header `browser:end`. */
  accept(delivery: Delivery): void {
    if (this.#end !== undefined) return;
    if (isEnd(delivery)) this.#end = 'reached';
    else this.#arrived.push(delivery);
    this.#news.resolve();
  }

  /** The connection ended: before the first was asked for, they begin anew on the next one; later, no more will come. */
  interrupt(reason: BatonError): void {
    if (this.#isRead) this.#end ??= reason;
    else {
      this.#arrived = [];
      this.#end = undefined;
    }
    this.#news.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Delivery, void, undefined> {
    this.#isRead = true;
    for (;;) {
      const arrived = this.#arrived;
      this.#arrived = [];
      yield* arrived;
      if (this.#arrived.length > 0) continue;
      if (this.#end === 'reached') return;
      if (this.#end !== undefined) throw this.#end;
      await this.#news.promise;
      this.#news = Promise.withResolvers();
    }
  }
}

/** Any message may have that header, so it is the id that tells: brokers give `0`, or none, where there is no message. */
function isEnd({ headers, messageId }: Delivery): boolean {
  return headers['browser'] === 'end' && (messageId === '0' || messageId === '');
}
