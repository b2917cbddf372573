import type { Resources } from './backend.ts';

/** Hands out what a host has, in the order asked: nothing starts that does not fit, and nothing small overtakes what is large. */
export class Slots {
  #free: Resources;
  readonly #waiting: Waiting[] = [];

  constructor(capacity: Resources) {
    this.#free = capacity;
  }

  /** Resolves when these are free, and taken; the returned function gives them back. Rejects with the signal's reason when it is aborted before. */
  async take(wanted: Resources, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { wanted, resolve };
    const leave = (): void => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      reject(signal.reason as Error);
      this.#serve();
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(waiting);
    this.#serve();
    await promise;
    signal.removeEventListener('abort', leave);
    return () => {
      this.#free = sum(this.#free, wanted, 1);
      this.#serve();
    };
  }

  #serve(): void {
    for (let [first] = this.#waiting; first && fits(first.wanted, this.#free); [first] = this.#waiting) {
      this.#waiting.shift();
      this.#free = sum(this.#free, first.wanted, -1);
      first.resolve();
    }
  }
}

interface Waiting {
  readonly wanted: Resources;
  readonly resolve: () => void;
}

function fits(wanted: Resources, free: Resources): boolean {
  return wanted.cores <= free.cores && wanted.memory <= free.memory && wanted.gpus <= free.gpus;
}

function sum(one: Resources, other: Resources, sign: 1 | -1): Resources {
  return {
    cores: one.cores + sign * other.cores,
    memory: one.memory + sign * other.memory,
    gpus: one.gpus + sign * other.gpus,
  };
}
