import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { newsMessage, readNews } from '../services/cancellation-news.ts';
import { names } from '../services/names.ts';
import type { Client, Subscription } from '../stomp/client.ts';
import { selectCancelled } from './tables/cancellations.ts';

/** ms in which questions are collected that one list answers: after a restart of the broker all processes ask together. */
const collecting = 20;
/** While runs are cancelled, the list is told so often (ms): whoever missed something learns of it, and forgets what has ended. */
const interval = 30_000;

/** Tells all processes which runs are cancelled and have not ended: at the start, over each new connection, and when asked. */
export class Bulletin {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #cancelled: StatementSync;
  readonly #stopping = new AbortController();
  #subscription: Subscription | undefined;
  #unlisten: (() => void) | undefined;
  #repeating: Promise<void> | undefined;
  #due: NodeJS.Timeout | undefined;

  constructor(client: Client, database: DatabaseSync, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    this.#cancelled = database.prepare(selectCancelled);
  }

  /** Listens for questions first, and then tells: who asked before that had subscribed before, and hears it. */
  async start(): Promise<void> {
    const request = { destination: this.#client.topic(names.cancelled), ack: 'auto' } as const;
    this.#subscription = await this.#client.subscribe(request, ({ body }) => {
      if (readNews(body)?.kind === 'question') this.#due ??= setTimeout(() => this.#tell(this.#runs()), collecting);
    });
    this.#unlisten = this.#client.events.on('connected', () => this.#tell(this.#runs()));
    this.#tell(this.#runs());
    this.#repeating = this.#repeat();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unlisten?.();
    clearTimeout(this.#due);
    await this.#repeating;
    await this.#subscription?.unsubscribe();
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.#clock.sleep(interval, signal).catch(() => undefined);
      if (signal.aborted) return;
      const runs = this.#runs();
      if (runs.length > 0) this.#tell(runs);
    }
  }

  #runs(): readonly string[] {
    return this.#cancelled.all().map(({ run }) => String(run));
  }

  #tell(runs: readonly string[]): void {
    this.#due = undefined;
    this.#client.send(newsMessage({ kind: 'list', runs }, this.#client)).catch(() => {
      // The next connection, or the next question, brings the next list.
    });
  }
}
