/** Milliseconds: counts come in jumps of 50, and over less than this they tell little. */
const shortest = 1_000;

/**
 * How many were done when. The first third does not count: by then connections stand and the code is compiled, as in a
 * service that runs for weeks. Nor does the last sixth, in which whoever came last catches up with the others. Where so
 * little is left that it tells nothing, all that came after the first third counts, or all.
 */
export class Rate {
  readonly #all: number;
  readonly #start: Moment = { done: 0, at: performance.now() };
  #first: Moment | undefined;
  #last: Moment | undefined;
  #now = this.#start;

  constructor(all: number) {
    this.#all = all;
  }

  count(done: number): void {
    this.#now = { done, at: performance.now() };
    if (done < this.#all / 3) return;
    this.#first ??= this.#now;
    if (this.#last === undefined || this.#last.done < (this.#all * 5) / 6) this.#last = this.#now;
  }

  get isComplete(): boolean {
    return this.#now.done >= this.#all;
  }

  get perSecond(): number {
    const [start, first, last, now] = [this.#start, this.#first, this.#last, this.#now];
    if (first && last && last.at - first.at >= shortest) return between(first, last);
    return first && now.at - first.at >= shortest ? between(first, now) : between(start, now);
  }
}

interface Moment {
  readonly done: number;
  readonly at: number;
}

function between(from: Moment, to: Moment): number {
  return ((to.done - from.done) / (to.at - from.at)) * 1000;
}
