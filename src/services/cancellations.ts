/** ms to wait for whoever knows which runs are cancelled: a ledger answers within a few, where there is one. */
const patience = 1_000;
/** ms to stand still in all, as while a process has lost only the connection over which it is told. */
const longestPatience = 30_000;

/**
 * The runs that were cancelled and have not ended, as far as this process was told. Nothing of them is worked on: what
 * comes is settled as cancelled. Ended runs are forgotten with the next list, so it holds no more than what is under way.
 */
export class Cancellations {
  readonly #runs = new Set<string>();
  readonly #watchers = new Set<(run: string) => void>();
  #awaited: PromiseWithResolvers<void> | undefined;
  #patience: NodeJS.Timeout | undefined;
  #longest: NodeJS.Timeout | undefined;
  readonly #longestMs: number;

  constructor(longestMs = longestPatience) {
    this.#longestMs = longestMs;
  }

  /** No run is cancelled that has not ended. */
  get isEmpty(): boolean {
    return this.#runs.size === 0;
  }

  has(run: string): boolean {
    return this.#runs.size > 0 && this.#runs.has(run);
  }

  /** Calls the watcher with each run that is cancelled from now on; the returned function ends that. */
  watch(onCancelled: (run: string) => void): () => void {
    this.#watchers.add(onCancelled);
    return () => this.#watchers.delete(onCancelled);
  }

  add(run: string): void {
    if (this.#runs.has(run)) return;
    this.#runs.add(run);
    for (const tell of [...this.#watchers]) tell(run);
  }

  /** Takes over the whole list: a run that is not on it has ended. */
  replace(runs: readonly string[]): void {
    const listed = new Set(runs);
    for (const run of this.#runs) if (!listed.has(run)) this.#runs.delete(run);
    for (const run of listed) this.add(run);
    this.arrived();
  }

  /** False while it is asked for what happened in the meantime. */
  get isCurrent(): boolean {
    return this.#awaited === undefined;
  }

  /** Resolves when the list has come that was asked for, or a second after it was asked for; in any case half a minute after it was expected. */
  async current(): Promise<void> {
    await this.#awaited?.promise;
  }

  /** There may be news: it is going to be asked for. */
  expect(): void {
    clearTimeout(this.#patience);
    if (this.#awaited) return;
    this.#awaited = Promise.withResolvers();
    this.#longest = setTimeout(() => this.arrived(), this.#longestMs);
  }

  /** It was asked for. */
  asked(): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.arrived(), patience);
  }

  /** It has come, or nobody waits for it any more. */
  arrived(): void {
    clearTimeout(this.#patience);
    clearTimeout(this.#longest);
    this.#awaited?.resolve();
    this.#awaited = undefined;
  }
}
