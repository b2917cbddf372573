import { addAbortListener } from 'node:events';
import type { Connection } from './connection.ts';
import { full } from './errors.ts';
import type { Load } from './load.ts';

/** Something to be written. */
export interface Submission {
  /**
   * Throws when there is no use in writing it (any longer); it is called first, after each change of the connection, and
   * last, in the same turn as `write`.
   */
  readonly check: () => void;
  readonly write: (connection: Connection) => Promise<void>;
  /** What it takes while it waits; undefined where something else limits how much of it there can be. */
  readonly load?: (() => Load) | undefined;
  /** Gives it up while it waits; what is written cannot be taken back. */
  readonly signal?: AbortSignal | undefined;
}

/** What waits for a connection that can be written to, in order. */
export class Outbox {
  readonly #limits: Load;
  readonly #waiting = new Set<Entry>();
  readonly #load = { messages: 0, bytes: 0 };
  #connection: Connection | undefined;
  #closed: Error | undefined;

  constructor(limits: Load) {
    this.#limits = limits;
  }

  /**
   * Writes it as soon as a connection takes it and all that came before is written; the promise is that of `write`.
   * Rejects with `stomp.full` when too much waits, and with the signal's reason.
   */
  async submit(submission: Submission): Promise<void> {
    if (this.#closed) throw this.#closed;
    submission.signal?.throwIfAborted();
    submission.check();
    if (this.#waiting.size === 0 && this.#connection?.isWritable) {
      await submission.write(this.#connection);
      return;
    }
    await this.#wait(submission);
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
      this.#leave(entry);
      entry.submission.write(this.#connection).then(entry.done.resolve, entry.done.reject);
    }
  }

  /** Refuses what waits, and all that will come. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const entry of this.#waiting) this.#refuse(entry, reason);
  }

  async #wait(submission: Submission): Promise<void> {
    const load = submission.load?.() ?? { messages: 0, bytes: 0 };
    this.#makeRoom(load);
    const entry: Entry = { submission, load, done: Promise.withResolvers<void>() };
    this.#waiting.add(entry);
    this.#load.messages += load.messages;
    this.#load.bytes += load.bytes;
    const { signal } = submission;
    using _abort = signal && addAbortListener(signal, () => this.#refuse(entry, signal.reason));
    await entry.done.promise;
  }

  /** One that is larger than all that may wait is taken where nothing waits: it could never be sent otherwise. */
  #makeRoom({ messages, bytes }: Load): void {
    if (messages === 0 || this.#load.messages === 0) return;
    const { messages: most, bytes: mostBytes } = this.#limits;
    if (this.#load.messages + messages > most || this.#load.bytes + bytes > mostBytes) {
      throw full({ ...this.#load, isConnected: this.#connection !== undefined });
    }
  }

  /** False when the entry was refused instead. */
  #isUseful(entry: Entry): boolean {
    try {
      entry.submission.check();
      return true;
    } catch (error) {
      this.#refuse(entry, error);
      return false;
    }
  }

  #refuse(entry: Entry, reason: unknown): void {
    if (this.#leave(entry)) entry.done.reject(reason);
  }

  /** False when it had left before. */
  #leave(entry: Entry): boolean {
    if (!this.#waiting.delete(entry)) return false;
    this.#load.messages -= entry.load.messages;
    this.#load.bytes -= entry.load.bytes;
    return true;
  }
}

interface Entry {
  readonly submission: Submission;
  readonly load: Load;
  readonly done: PromiseWithResolvers<void>;
}
