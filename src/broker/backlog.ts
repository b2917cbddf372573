import type { FrameCache } from './cache.ts';
import { Line } from './line.ts';
import type { Memory } from './memory.ts';
import type { Message } from './message.ts';
import type { Shelf } from './store.ts';

/** Messages loaded at a time, and half of what stays in memory before the end of the line is left to the store again. */
const PAGE = 1000;
/** The same where many queues have many messages. */
const SHORT_PAGE = 50;

/** Where the messages of a queue are: on a shelf of the store, or, where there is none, in memory alone. */
export interface Room {
  readonly cache: FrameCache;
  readonly memory: Memory;
  readonly shelf?: Shelf;
}

/**
 * The waiting messages of a queue. With a shelf in the store memory holds only the beginning of the line: what follows
 * the horizon is in the store alone, so a million waiting messages cost no more than a thousand. Without a shelf all of
 * them are in memory and end with the process.
 */
export class Backlog {
  readonly #line = new Line();
  readonly #shelf: Shelf | undefined;
  readonly #cache: FrameCache;
  /** The greatest place loaded, beyond which the store has more; Infinity when it has not. */
  #horizon: number;
  /** Out of the line and not yet out of the store: in flight, in a consumer's own line, or on the way out. */
  readonly #held = new Map<number, Message>();
  readonly #memory: Memory;
  #bytes = 0;
  /** Of the line, as the cache knows it. */
  #counted = 0;
  #isDiscarded = false;

  /** `isEmpty`: nothing is on the shelf. */
  constructor({ cache, memory, shelf }: Room, isEmpty: boolean) {
    this.#memory = memory;
    this.#cache = cache;
    this.#shelf = shelf;
    this.#horizon = isEmpty ? Infinity : -1;
  }

  /** Bytes in memory, where there is no shelf. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A message has arrived and, where there is a shelf, is on it. */
  add(message: Message): void {
    if (this.#shelf === undefined) this.#grow(message.frame?.length ?? 0);
    else if (message.place <= this.#horizon) this.#cache.admit(message);
    if (message.place <= this.#horizon) this.#line.insert(message);
    this.#leaveEndToShelf();
  }

  /** The first in line, read from the shelf if need be. */
  get first(): Message | undefined {
    while (this.#shelf && this.#line.length === 0 && this.#horizon < Infinity) {
      const length = this.#pageLength;
      const page = this.#shelf.page(this.#horizon, length);
      this.#horizon = page.length < length ? Infinity : (page.at(-1)?.place ?? Infinity);
      for (const message of page) if (!this.#held.has(message.id)) this.#line.insert(message);
      this.#count();
    }
    return this.#line.first;
  }

  /** Takes the first out of the line; it is held until `putBack` or `forget`. */
  take(): Message | undefined {
    const message = this.#line.shift();
    if (message) this.#held.set(message.id, message);
    this.#count();
    return message;
  }

  /** Takes this one out of the line, wherever it stands; undefined when it is held. `found` is as the shelf has it. */
  withdraw(found: Message): Message | undefined {
    const message = this.#line.remove(found.place) ?? (this.#held.has(found.id) ? undefined : found);
    if (message) this.#held.set(message.id, message);
    this.#count();
    return message;
  }

  /** Puts held messages back where they belong. */
  putBack(messages: readonly Message[]): void {
    for (const message of messages) this.#held.delete(message.id);
    this.#line.merge(messages.filter((message) => message.place <= this.#horizon));
    this.#leaveEndToShelf();
  }

  /** A held message is gone for good. */
  forget(message: Message): void {
    this.#held.delete(message.id);
    if (this.#shelf) this.#cache.release(message);
    else this.#grow(-(message.frame?.length ?? 0));
  }

  /** What is in memory alone is given up. */
  discard(): void {
    this.#grow(-this.#bytes);
    this.#isDiscarded = true;
  }

  /** The bytes of a message. */
  frameOf(message: Message): Buffer {
    const frame = message.frame ?? this.#shelf?.frame(message.id);
    if (frame === undefined) throw new TypeError(`message ${String(message.id)} is neither in memory nor in the store`);
    return frame;
  }

  /** The bytes of a message at least up to its empty line. */
  headOf(message: Message): Buffer {
    return message.frame ?? this.#shelf?.head(message.id) ?? this.frameOf(message);
  }

  /** The bytes of a message that is being delivered: from now on they are on the shelf, if there is one. */
  deliver(message: Message): Buffer {
    const frame = this.frameOf(message);
    if (this.#shelf) this.#cache.release(message);
    return frame;
  }

  /** All messages, waiting or held, that come after a place, in their order. */
  after(place: number, limit: number): readonly Message[] {
    if (this.#shelf) return this.#shelf.page(place, limit);
    const all = [...this.#line, ...this.#held.values()].filter((message) => message.place > place);
    return all.sort((a, b) => a.place - b.place).slice(0, limit);
  }

  /** The next messages after a place that are not held, and the place up to which that is all. */
  waitingAfter(place: number, limit: number): { readonly waiting: readonly Message[]; readonly end: number } {
    const page = this.after(place, limit);
    const end = page.length < limit ? Infinity : (page.at(-1)?.place ?? Infinity);
    return { waiting: page.filter(({ id }) => !this.#held.has(id)), end };
  }

  #grow(bytes: number): void {
    if (this.#isDiscarded) return;
    this.#bytes += bytes;
    this.#memory.take(bytes);
  }

  get #pageLength(): number {
    return this.#cache.isCrowded ? SHORT_PAGE : PAGE;
  }

  #leaveEndToShelf(): void {
    if (this.#shelf === undefined) return;
    const length = this.#pageLength;
    if (this.#line.length > 2 * length) {
      for (const message of this.#line.truncate(length)) this.#cache.release(message);
      this.#horizon = this.#line.last?.place ?? -1;
    }
    this.#count();
  }

  #count(): void {
    if (this.#shelf === undefined) return;
    this.#cache.count(this.#line.length - this.#counted);
    this.#counted = this.#line.length;
  }
}
