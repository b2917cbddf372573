/** Lets so many go at the same time; whoever comes then is called when it is its turn. */
export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #underway = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Undefined where it may go on. Else `call` is called later; what it returns ends that. */
  awaits(call: () => void): (() => void) | undefined {
    if (this.#underway < this.#most) return undefined;
    this.#waiting.add(call);
    return () => this.#waiting.delete(call);
  }

  async take<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#underway += 1;
    try {
      return await work();
    } finally {
      this.#underway -= 1;
      const [next] = this.#waiting;
      if (next) this.#waiting.delete(next);
      next?.();
    }
  }
}
