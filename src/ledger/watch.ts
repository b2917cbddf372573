import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

export interface WatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** ms between the end of one look and the next. */
  readonly interval: number;
  /** What is looked for, for the log. */
  readonly what: string;
  readonly look: (signal: AbortSignal) => Promise<void>;
}

/** Looks again and again, until it is stopped. A look that fails is told of, and followed by the next. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#watching ??= this.#watch();
  }

  /** Resolves when the look that is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { clock, log, interval, what, look } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      try {
        await clock.sleep(interval, signal);
        await look(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ reason: messageOf(error) }, `${what} were not looked for`);
      }
    }
  }
}
