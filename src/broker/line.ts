import type { Message } from './message.ts';

/** Messages in the order of their places. Taking the first and adding the last, the usual, cost next to nothing. */
export class Line {
  #messages: Message[] = [];
  /** Those before it are gone; they are cut off now and then, as removing the first of an array costs its length. */
  #start = 0;

  get length(): number {
    return this.#messages.length - this.#start;
  }

  get first(): Message | undefined {
    return this.#messages[this.#start];
  }

  get last(): Message | undefined {
    return this.length > 0 ? this.#messages.at(-1) : undefined;
  }

  *[Symbol.iterator](): Generator<Message> {
    for (let index = this.#start; index < this.#messages.length; index += 1) yield this.#messages[index] as Message;
  }

  shift(): Message | undefined {
    const first = this.first;
    if (first === undefined) return undefined;
    this.#start += 1;
    if (this.#start > 512 && this.#start * 2 > this.#messages.length) {
      this.#messages.splice(0, this.#start);
      this.#start = 0;
    }
    return first;
  }

  insert(message: Message): void {
    const last = this.last;
    if (last === undefined || last.place < message.place) this.#messages.push(message);
    else this.#messages.splice(this.#indexOf(message.place), 0, message);
  }

  /** Adds many, in any order. */
  merge(messages: readonly Message[]): void {
    if (messages.length === 0) return;
    const all = [...this, ...messages].sort((a, b) => a.place - b.place);
    this.#messages = all;
    this.#start = 0;
  }

  /** Takes out the one at this place, if it is here. */
  remove(place: number): Message | undefined {
    const index = this.#indexOf(place);
    if (this.#messages[index]?.place !== place) return undefined;
    return this.#messages.splice(index, 1)[0];
  }

  /** Cuts off all but the first `length`, and returns the others. */
  truncate(length: number): Message[] {
    return this.#messages.splice(this.#start + length);
  }

  /** Index of the first message at or after the place. */
  #indexOf(place: number): number {
    let low = this.#start;
    let high = this.#messages.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#messages[middle] as Message).place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
