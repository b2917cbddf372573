import type { Consumer } from './consumers.ts';
import type { InFlight } from './exchange.ts';
import { headerText } from './imprint.ts';
import type { Message } from './message.ts';
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
  expectAck(subscription: Subscription, message: Message, frame: Buffer): string;
  /** The message needs no acknowledgement. */
  consumed(one: InFlight): void;
}

/** One subscription of one connection to a queue, or to the private queue that collects a topic for it. */
export class Subscription implements Consumer {
  readonly id: string;
  readonly ack: AckMode;
  readonly priority: number;
  readonly exclusive: boolean;
  readonly selector: Selector | undefined;
  readonly queue: Queue;
  /** False once it has ended. */
  isOpen = true;
  readonly #prefetch: number;
  readonly #recipient: Recipient;
  readonly #head: string;
  /** Messages delivered that no ACK or NACK has named yet, not even one in an open transaction. */
  #outstanding = 0;

  constructor(options: SubscriptionOptions, queue: Queue, recipient: Recipient) {
    this.id = options.id;
    this.ack = options.ack;
    this.priority = options.priority;
    this.exclusive = options.exclusive;
    this.selector = options.selector;
    this.queue = queue;
    this.#prefetch = options.prefetch;
    this.#recipient = recipient;
    this.#head = headerText({ subscription: this.id });
  }

  get isReady(): boolean {
    return this.#outstanding < this.#prefetch && !this.#recipient.isChoked;
  }

  deliver(message: Message, frame: Buffer, redelivered: boolean): void {
    const isAuto = this.ack === 'auto';
    let head = this.#head;
    if (!isAuto) head += this.#recipient.expectAck(this, message, frame);
    if (redelivered) head += 'redelivered:true\n';
    this.#recipient.deliver(head, frame);
    if (isAuto) this.#recipient.consumed({ queue: this.queue, message });
    else this.#outstanding += 1;
  }

  /** So many deliveries were named by an ACK or NACK. As on ActiveMQ they make room for others before the COMMIT. */
  named(count: number): void {
    this.#outstanding -= count;
    this.queue.wake();
  }

  /** So many are to be named again: their transaction was aborted. */
  unnamed(count: number): void {
    this.#outstanding += count;
  }
}
