/** Nothing was done for so long that nothing will be: the broker reads no more from those whom it waits for. */
export class Stalled extends Error {
  constructor(done: number, all: number, milliseconds: number) {
    super(`${String(done)} of ${String(all)} were done, and none in ${String(milliseconds / 1000)} s`);
    this.name = 'Stalled';
  }
}

/** Long beside a full garbage collection and a slow disk, short beside a bench. */
const standardPatience = 30_000;

/** Watches over a count that is to grow: `check` throws `Stalled` when it has not for half a minute, or so many milliseconds. */
export class Progress {
  readonly #all: number;
  readonly #patience: number;
  #done = 0;
  #since = performance.now();

  constructor(all: number, patience = standardPatience) {
    this.#all = all;
    this.#patience = patience;
  }

  check(done: number): void {
    const now = performance.now();
    if (done !== this.#done) {
      this.#done = done;
      this.#since = now;
    } else if (now - this.#since > this.#patience) throw new Stalled(done, this.#all, this.#patience);
  }
}
