import type { Connection } from './connection.ts';

/** What waits for a connection that can be written to, in order. */
export class Outbox {
  readonly #waiting = new Set<Entry>();
  #connection: Connection | undefined;
  #closed: Error | undefined;

  /**
   * Calls `write` as soon as a connection takes it and all that came before is written; the promise is that of `write`.
   * `check` throws when there is no use in writing it (any longer); it is called first, after each change of the
   * connection, and last, in the same turn as `write`.
   */
  async submit(check: () => void, write: (connection: Connection) => Promise<void>): Promise<void> {
    if (this.#closed) throw this.#closed;
    check();
    if (this.#waiting.size === 0 && this.#connection?.isWritable) {
      await write(this.#connection);
      return;
    }
    const done = Promise.withResolvers<void>();
    this.#waiting.add({ check, write, done });
    await done.promise;
  }

  /** Names the connection to write to from now on, or says that there is none. */
  use(connection: Connection | undefined): void {
    this.#connection = connection;
    for (const entry of this.#waiting) this.#isUseful(entry);
    this.flush();
  }

  /** Writes what waits, as far as the connection takes it. */
  flush(): void {
    for (const entry of this.#waiting) {
      if (!this.#connection?.isWritable) return;
      if (!this.#isUseful(entry)) continue;
      this.#waiting.delete(entry);
      entry.write(this.#connection).then(entry.done.resolve, entry.done.reject);
    }
  }

  /** Refuses what waits, and all that will come. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const { done } of this.#waiting) done.reject(reason);
    this.#waiting.clear();
  }

  /** False when the entry was refused instead. */
  #isUseful(entry: Entry): boolean {
    try {
      entry.check();
      return true;
    } catch (error) {
      this.#waiting.delete(entry);
      entry.done.reject(error);
      return false;
    }
  }
}

interface Entry {
  readonly check: () => void;
  readonly write: (connection: Connection) => Promise<void>;
  readonly done: PromiseWithResolvers<void>;
}
