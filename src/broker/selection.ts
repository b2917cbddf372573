import { Line } from './line.ts';
import type { Message } from './message.ts';

/** Messages looked at in one turn, and half of what is remembered: some 10 ms at a time on a long backlog. */
const PAGE = 1000;

/**
 * The waiting messages that a consumer with a selector wants. It reads on behind the others, a page a turn, so that it
 * finds its messages however far back they stand, holds up nobody, and costs memory for no more than two pages.
 */
export class Selection {
  readonly #wants: (message: Message) => boolean;
  /** Those it wants up to the horizon. */
  readonly #line = new Line();
  #horizon = -1;

  constructor(wants: (message: Message) => boolean) {
    this.#wants = wants;
  }

  get first(): Message | undefined {
    return this.#line.first;
  }

  /** Nothing is found, and there is more to look at. */
  get isHungry(): boolean {
    return this.#line.length === 0 && this.#horizon < Infinity;
  }

  wants(message: Message): boolean {
    return this.#wants(message);
  }

  /** A message has come, or is back in line. */
  offer(message: Message): void {
    if (message.place > this.#horizon || !this.#wants(message)) return;
    this.#line.insert(message);
    if (this.#line.length <= 2 * PAGE) return;
    this.#line.truncate(PAGE);
    this.#horizon = this.#line.last?.place ?? -1;
  }

  /** A message has left the line. */
  withdraw(message: Message): void {
    this.#line.remove(message.place);
  }

  /** Looks at the next messages in line. */
  readOn(
    after: (place: number, limit: number) => { readonly waiting: readonly Message[]; readonly end: number },
  ): void {
    const { waiting, end } = after(this.#horizon, PAGE);
    this.#horizon = end;
    for (const message of waiting) if (this.#wants(message)) this.#line.insert(message);
  }
}
