/** How many were done when. The first third does not count: by then connections stand and the code is compiled, as in a service that runs for weeks. */
export class Rate {
  readonly #all: number;
  #isWarm = false;
  #first = { done: 0, at: performance.now() };
  #last = this.#first;

  constructor(all: number) {
    this.#all = all;
  }

  count(done: number): void {
    this.#last = { done, at: performance.now() };
    if (this.#isWarm || this.isComplete || done < this.#all / 3) return;
    this.#isWarm = true;
    this.#first = this.#last;
  }

  get isComplete(): boolean {
    return this.#last.done >= this.#all;
  }

  get perSecond(): number {
    return ((this.#last.done - this.#first.done) / (this.#last.at - this.#first.at)) * 1000;
  }
}
