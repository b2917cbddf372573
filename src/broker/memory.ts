/** Bytes of messages that are in memory alone: of open transactions, temporary queues and slow subscribers, all together. */
export class Memory {
  readonly allowed: number;
  #used = 0;

  constructor(allowed: number) {
    this.allowed = allowed;
  }

  /** Nothing should be added that can be refused. */
  get isFull(): boolean {
    return this.#used >= this.allowed;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  release(bytes: number): void {
    this.#used -= bytes;
  }
}
