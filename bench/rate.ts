/**
 * How many were done when. The first third does not count: by then connections stand and the code is compiled, as in a
 * service that runs for weeks. Nor does the last sixth, in which whoever came last catches up with the others.
 */
export class Rate {
  readonly #all: number;
  readonly #start = { done: 0, at: performance.now() };
  #first: Moment | undefined;
  #last: Moment | undefined;
  #now: Moment = this.#start;

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

  /** Of all, where they were too few to be looked at on the way. */
  get perSecond(): number {
    const [first, last] =
      this.#first && this.#last !== this.#first ? [this.#first, this.#last] : [this.#start, this.#now];
    return last === undefined ? 0 : ((last.done - first.done) / (last.at - first.at)) * 1000;
  }
}

interface Moment {
  readonly done: number;
  readonly at: number;
}
