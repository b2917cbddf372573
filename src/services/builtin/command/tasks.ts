/** The programs that run, in the words of a heartbeat: `xia2, 3 × fast_dp`. */
export class Tasks {
  readonly #show: (task: string | undefined) => void;
  readonly #running = new Map<string, number>();

  constructor(show: (task: string | undefined) => void) {
    this.#show = show;
  }

  /** A program begins; the returned function is to be called when it has ended. */
  begin(program: string): () => void {
    this.#add(program, 1);
    return () => this.#add(program, -1);
  }

  #add(program: string, count: 1 | -1): void {
    const running = (this.#running.get(program) ?? 0) + count;
    if (running > 0) this.#running.set(program, running);
    else this.#running.delete(program);
    const words = [...this.#running].map(([name, number]) => (number === 1 ? name : `${number} × ${name}`));
    this.#show(words.length === 0 ? undefined : words.join(', '));
  }
}
