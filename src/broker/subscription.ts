import type { Consumer } from './consumers.ts';
import type { InFlight } from './exchange.ts';
import { headerText } from './imprint.ts';
import type { Queue } from './queue.ts';
import type { Selector } from './selector/selector.ts';

/** STOMP 1.2, "SUBSCRIBE ack Header". */
export type AckMode = 'auto' | 'client' | 'client-individual';

/** What a SUBSCRIBE asks for. */
export interface SubscriptionOptions {
  readonly id: string;
  readonly ack: AckMode;
  readonly prefetch: number;
  readonly priority: number;
  readonly exclusive: boolean;
  readonly selector: Selector | undefined;
}

/** The connection that a subscription belongs to. */
export interface Recipient {
  /** It takes no more bytes for now. */
  readonly isChoked: boolean;
  /** Writes a MESSAGE: the headers of this delivery, then the message. */
  deliver(head: string, frame: Buffer): void;
  /** Enters a message that is to be acknowledged; returns the header lines that say how. */
  expectAck(subscription: Subscription, one: InFlight, frame: Buffer): string;
  /** The message needs no acknowledgement. */
  consumed(one: InFlight): void;
}

/** One subscription of one connection to a queue, to several by a pattern, or to the private queue that collects a topic for it. */
export class Subscription {
  readonly id: string;
  readonly ack: AckMode;
  /** False once it has ended. */
  isOpen = true;
  readonly #prefetch: number;
  readonly #recipient: Recipient;
  readonly #head: string;
  /** Messages delivered that no ACK or NACK has named yet, not even one in an open transaction. */
  #outstanding = 0;

  /** Whichever it was served from last comes last. */
  readonly #consumers = new Map<Queue, Consumer>();
  readonly #options: SubscriptionOptions;

  constructor(options: SubscriptionOptions, recipient: Recipient) {
    this.id = options.id;
    this.ack = options.ack;
    this.#options = options;
    this.#prefetch = options.prefetch;
    this.#recipient = recipient;
    this.#head = headerText({ subscription: this.id });
  }

  /** Takes messages from this queue too. */
  attachTo(queue: Queue): void {
    const { priority, exclusive, selector } = this.#options;
    const isReady = (): boolean => this.#isReady;
    const consumer: Consumer = {
      priority,
      exclusive,
      selector,
      get isReady() {
        return isReady();
      },
      deliver: (message, frame, redelivered) => this.#deliver({ queue, message }, frame, redelivered),
    };
    this.#consumers.set(queue, consumer);
    queue.attach(consumer);
  }

  /** It has ended; what it has not settled goes back. */
  end(unsettled: readonly InFlight[]): void {
    this.isOpen = false;
    for (const [queue, consumer] of this.#consumers) {
      const own = unsettled.filter((one) => one.queue === queue);
      queue.detach(
        consumer,
        own.map(({ message }) => message),
      );
    }
  }

  /** It may take more than before. */
  wake(): void {
    for (const queue of this.#consumers.keys()) queue.wake();
  }

  get #isReady(): boolean {
    return this.#outstanding < this.#prefetch && !this.#recipient.isChoked;
  }

  #deliver(one: InFlight, frame: Buffer, redelivered: boolean): void {
    const isAuto = this.ack === 'auto';
    let head = this.#head;
    if (!isAuto) head += this.#recipient.expectAck(this, one, frame);
    if (redelivered) head += 'redelivered:true\n';
    this.#recipient.deliver(head, frame);
    if (isAuto) this.#recipient.consumed(one);
    else this.#outstanding += 1;
    this.#moveLast(one.queue);
  }

  /** So many deliveries were named by an ACK or NACK. As on ActiveMQ they make room for others before the COMMIT. */
  named(count: number): void {
    this.#outstanding -= count;
    this.wake();
  }

  /** So many are to be named again: their transaction was aborted. */
  unnamed(count: number): void {
    this.#outstanding += count;
  }

  #moveLast(queue: Queue): void {
    const consumer = this.#consumers.get(queue);
    if (consumer === undefined || this.#consumers.size === 1) return;
    this.#consumers.delete(queue);
    this.#consumers.set(queue, consumer);
  }
}
