/** Lets those who want the same thing have it one after another. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does the work once all have had their turn that asked before. */
  async take<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(name) === mine) this.#last.delete(name);
    }
  }

  isTaken(name: string): boolean {
    return this.#last.has(name);
  }
}
