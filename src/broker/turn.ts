import { storeFailed } from './errors.ts';
import type { Changes, Store } from './store.ts';

/** Something to be written together or not at all, and what follows from it. */
export interface Entry {
  readonly changes?: Changes;
  /** It is on disk; called in the order of the entries. */
  stored(): void;
  /** Nothing of it was written. */
  failed?(error: Error): void;
}

/**
 * Group commit. What the frames of one turn of the event loop want written is gathered, written in one transaction of the
 * store when all sockets that had something were read, and only then takes effect: receipts and deliveries follow the
 * disk. A turn that cannot be written as a whole is written entry by entry, so that a full disk hits only who fills it.
 */
export class Turn {
  readonly #store: Store;
  #entries: Entry[] = [];
  /** Queues with new messages or free consumers, browsers with room to write. */
  readonly #dispatching = new Set<{ dispatch(): void }>();
  readonly #flushing = new Set<{ flush(): void }>();
  #isScheduled = false;

  constructor(store: Store) {
    this.#store = store;
  }

  write(entry: Entry): void {
    this.#entries.push(entry);
    this.#schedule();
  }

  /** After all that is written so far; nothing is written for it. */
  then(effect: () => void): void {
    this.write({ stored: effect });
  }

  wake(source: { dispatch(): void }): void {
    this.#dispatching.add(source);
    this.#schedule();
  }

  flush(output: { flush(): void }): void {
    this.#flushing.add(output);
    this.#schedule();
  }

  /** Ends turns until nothing is left to do, as before the store is closed. */
  finish(): void {
    while (this.#entries.length + this.#dispatching.size + this.#flushing.size > 0) this.#end();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    // The check phase follows the poll phase, in which every socket that had something was read.
    setImmediate(() => {
      this.#isScheduled = false;
      this.#end();
    });
  }

  #end(): void {
    const entries = this.#entries;
    this.#entries = [];
    this.#write(entries);
    const sources = [...this.#dispatching];
    this.#dispatching.clear();
    for (const source of sources) source.dispatch();
    const outputs = [...this.#flushing];
    this.#flushing.clear();
    for (const output of outputs) output.flush();
  }

  #write(entries: readonly Entry[]): void {
    const changes = entries.flatMap((entry) => entry.changes ?? []);
    const failure = changes.length > 0 ? this.#attempt(changes) : undefined;
    for (const entry of entries) {
      const failed = failure && entry.changes && this.#attempt([entry.changes]);
      if (failed) entry.failed?.(failed);
      else entry.stored();
    }
  }

  #attempt(changes: readonly Changes[]): Error | undefined {
    try {
      this.#store.write(changes);
      return undefined;
    } catch (error) {
      if (storeFailed.is(error)) return error;
      throw error;
    }
  }
}
