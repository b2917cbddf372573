import { OPEN_TO_ALL } from './limits.ts';

/** Bytes of messages that are in memory alone: of open transactions, temporary queues and slow subscribers, all together. */
export class Memory {
  readonly allowed: number;
  #used = 0;
  readonly #freed: () => void;

  /** `freed` is told whenever there is less than before. */
  constructor(allowed: number, freed: () => void) {
    this.allowed = allowed;
    this.#freed = freed;
  }

  /** Nothing should be added that can be refused. */
  get isFull(): boolean {
    return this.#used >= this.allowed;
  }

  /** Nothing new should be begun. */
  get isCrowded(): boolean {
    return this.#used >= this.allowed * OPEN_TO_ALL;
  }

  take(bytes: number): void {
    this.#used += bytes;
  }

  release(bytes: number): void {
    this.#used -= bytes;
    if (bytes > 0) this.#freed();
  }
}
