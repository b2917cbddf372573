import { Backlog, type Room } from './backlog.ts';
import { Consumers, type Consumer } from './consumers.ts';
import { Groups } from './groups.ts';
import type { Message, Target } from './message.ts';
import { Selection } from './selection.ts';

/** What a queue needs of its surroundings. */
export interface QueueHost {
  now(): number;
  /** Something changed: the queue is to be dispatched at the end of this turn. */
  wake(queue: Queue): void;
  /** A message came up when its time had passed; it is withdrawn. */
  expire(queue: Queue, message: Message): void;
  /** A message is waiting again that expires then. */
  watch(expires: number): void;
}

/** What a queue is called: without its kind, by the store and by senders, and by those who receive from it. */
export interface QueueNames {
  readonly name: string;
  readonly address: string;
  readonly shown: string;
}

/** A queue: messages that wait, messages in flight, and the consumers that take them. Durable when it has a shelf. */
export class Queue implements Target {
  readonly name: string;
  readonly address: string;
  readonly shown: string;
  readonly isDurable: boolean;
  /** Since the broker started. */
  readonly counts = { enqueued: 0, dequeued: 0, dispatched: 0, expired: 0 };
  readonly #host: QueueHost;
  readonly #backlog: Backlog;
  readonly #consumers = new Consumers();
  readonly #groups = new Groups();
  /** Of the consumers that want some messages only. */
  readonly #selections = new Map<Consumer, Selection>();
  /** Those that were in flight before and will be delivered as redelivered. */
  readonly #returned = new Set<number>();
  #size: number;
  #inFlight = 0;

  constructor(names: QueueNames, host: QueueHost, room: Room) {
    this.name = names.name;
    this.address = names.address;
    this.shown = names.shown;
    const { shelf } = room;
    this.isDurable = shelf !== undefined;
    this.#host = host;
    this.#size = shelf?.count() ?? 0;
    this.#backlog = new Backlog(room, this.#size === 0);
  }

  /** Messages waiting and in flight. */
  get size(): number {
    return this.#size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get consumers(): number {
    return this.#consumers.size;
  }

  /** Bytes in memory, when it is not durable. */
  get bytes(): number {
    return this.#backlog.bytes;
  }

  /** Always. */
  admit(): void {
    return;
  }

  /** A message has arrived and, when the queue is durable, is stored. */
  accept(message: Message): void {
    this.counts.enqueued += 1;
    this.#size += 1;
    // First, for to add a message may leave its bytes to the store.
    this.#offer([message]);
    this.#backlog.add(message);
    this.#host.wake(this);
  }

  /** A consumer may take more than before. */
  wake(): void {
    this.#host.wake(this);
  }

  attach(consumer: Consumer): void {
    const { selector } = consumer;
    if (selector) {
      const isReturned = (message: Message): boolean => this.#returned.has(message.id);
      const wants = (message: Message) => selector.takes(this.#backlog.headOf(message), isReturned(message));
      this.#selections.set(consumer, new Selection(wants));
    }
    this.#consumers.add(consumer);
    this.#host.wake(this);
  }

  /** Serves the consumer no more; what it had not settled goes back to its place in line. */
  detach(consumer: Consumer, unsettled: readonly Message[]): void {
    this.#consumers.remove(consumer);
    this.#selections.delete(consumer);
    const kept = this.#groups.release(consumer);
    this.#offer(kept);
    this.#backlog.putBack(kept);
    this.putBack(unsettled);
  }

  /** Takes back messages that were in flight; they will be delivered as redelivered. */
  putBack(messages: readonly Message[]): void {
    for (const message of messages) {
      this.#landed(message);
      this.#returned.add(message.id);
      if (message.expires > 0) this.#host.watch(message.expires);
    }
    this.#offer(messages);
    this.#backlog.putBack(messages);
    this.#host.wake(this);
  }

  /** A message in flight is done with, in the store too. */
  settle(message: Message): void {
    this.#landed(message);
    this.forget(message);
    this.#host.wake(this);
  }

  /** Takes a waiting message out of the line; undefined when it is in flight. `found` is as the store has it. */
  withdraw(found: Message): Message | undefined {
    return this.#groups.remove(found) ?? this.#takeOut(found);
  }

  /** A withdrawn message is gone from the store. */
  forget(message: Message): void {
    this.#backlog.forget(message);
    this.#returned.delete(message.id);
    this.#size -= 1;
    this.counts.dequeued += 1;
  }

  /** Drops the message that has waited longest, of a queue in memory; false when none waits. */
  dropFirst(): boolean {
    const first = this.#take();
    if (first) this.forget(first);
    return first !== undefined;
  }

  /** Nobody will read what is in it, a queue in memory. */
  discard(): void {
    this.#backlog.discard();
  }

  /** Copies of all messages that come after a place, waiting or in flight, in their order. */
  browse(after: number, limit: number): readonly { readonly place: number; readonly frame: Buffer }[] {
    const messages = this.#backlog.after(after, limit);
    return messages.map((message) => ({ place: message.place, frame: this.#backlog.frameOf(message) }));
  }

  /** The bytes of a message in flight. */
  frameOf(message: Message): Buffer {
    return this.#backlog.frameOf(message);
  }

  /** Delivers as much as the consumers take. */
  dispatch(): void {
    for (const selection of this.#hungry())
      selection.readOn((place, limit) => this.#backlog.waitingAfter(place, limit));
    const serve = (consumer: Consumer): boolean => this.#serve(consumer);
    while (this.#consumers.serveOne(serve));
    if (this.#hungry().length > 0) this.#host.wake(this);
  }

  #serve(consumer: Consumer): boolean {
    const message = this.#nextFor(consumer);
    if (message === undefined) return false;
    this.#inFlight += 1;
    this.counts.dispatched += 1;
    this.#groups.delivered(message);
    consumer.deliver(message, this.#backlog.deliver(message), this.#returned.has(message.id));
    return true;
  }

  /** The first message that may go to this consumer; those before it whose groups have other owners are kept for these. */
  #nextFor(consumer: Consumer): Message | undefined {
    const own = this.#groups.lineOf(consumer);
    const selection = this.#selections.get(consumer);
    for (;;) {
      const first = (selection ?? this.#backlog).first;
      const isOwn = own?.first !== undefined && own.first.place < (first?.place ?? Infinity);
      const message = isOwn ? own.shift() : this.#take(selection);
      if (message === undefined) return undefined;
      if (message.expires > 0 && message.expires <= this.#host.now()) {
        this.#host.expire(this, message);
        continue;
      }
      const owner = isOwn ? consumer : this.#ownerOf(message, consumer);
      if (owner === consumer) return message;
      this.#groups.keepFor(owner, message);
    }
  }

  /** Takes the first message out of the line, or the first of a selection. */
  #take(selection?: Selection): Message | undefined {
    if (selection) return selection.first && this.#takeOut(selection.first);
    const first = this.#backlog.take();
    if (first) for (const other of this.#selections.values()) other.withdraw(first);
    return first;
  }

  #takeOut(found: Message): Message | undefined {
    for (const selection of this.#selections.values()) selection.withdraw(found);
    return this.#backlog.withdraw(found);
  }

  #offer(messages: readonly Message[]): void {
    for (const selection of this.#selections.values()) for (const message of messages) selection.offer(message);
  }

  /** Selections of consumers that could take a message and have to look for it further back. */
  #hungry(): readonly Selection[] {
    const ready = [...this.#selections].filter(([consumer, { isHungry }]) => isHungry && consumer.isReady);
    return ready.map(([, selection]) => selection);
  }

  #ownerOf(message: Message, claimant: Consumer): Consumer {
    return this.#groups.ownerOf(message, claimant, (owner) => this.#selections.get(owner)?.wants(message) ?? true);
  }

  #landed(message: Message): void {
    this.#inFlight -= 1;
    this.#groups.landed(message);
  }
}
