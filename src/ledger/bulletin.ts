import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../core/clock.ts';
import { newsMessage, readNews } from '../services/cancellation-news.ts';
import { names } from '../services/names.ts';
import type { Pause } from '../services/pause.ts';
import type { Client, Subscription } from '../stomp/client.ts';
import { selectCancelled } from './tables/cancellations.ts';

/** ms in which questions are collected that one list answers: after a restart of the broker all processes ask together. */
const collecting = 20;
/** While runs are cancelled or services paused, the list is told so often (ms): whoever missed something learns of it, and forgets what has ended. */
const interval = 30_000;

/** Tells all processes which runs are cancelled and have not ended, and which services are paused: at the start, over each new connection, and when asked. */
export class Bulletin {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #cancelled: StatementSync;
  readonly #pauses: () => readonly Pause[];
  readonly #stopping = new AbortController();
  #subscription: Subscription | undefined;
  #unlisten: (() => void) | undefined;
  #repeating: Promise<void> | undefined;
  #due: NodeJS.Timeout | undefined;

  constructor(client: Client, database: DatabaseSync, pauses: () => readonly Pause[], clock: Clock) {
    this.#pauses = pauses;
    this.#client = client;
    this.#clock = clock;
    this.#cancelled = database.prepare(selectCancelled);
  }

  /** Listens for questions first, and then tells: who asked before that had subscribed before, and hears it. */
  async start(): Promise<void> {
    const request = { destination: this.#client.topic(names.cancelled), ack: 'auto' } as const;
    this.#subscription = await this.#client.subscribe(request, ({ body }) => {
      if (readNews(body)?.kind === 'question') this.#due ??= setTimeout(() => this.tell(), collecting);
    });
    this.#unlisten = this.#client.events.on('connected', () => this.tell());
    this.tell();
    this.#repeating = this.#repeat();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#unlisten?.();
    clearTimeout(this.#due);
    await this.#repeating;
    await this.#subscription?.unsubscribe();
  }

  /** Tells it all now. */
  tell(): void {
    clearTimeout(this.#due);
    this.#due = undefined;
    const list = { kind: 'list', runs: this.#runs(), pauses: this.#pauses() } as const;
    this.#client.send(newsMessage(list, this.#client)).catch(() => {
      // The next connection, or the next question, brings the next list.
    });
  }

  async #repeat(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.#clock.sleep(interval, signal).catch(() => undefined);
      if (signal.aborted) return;
      if (this.#runs().length + this.#pauses().length > 0) this.tell();
    }
  }

  #runs(): readonly string[] {
    return this.#cancelled.all().map(({ run }) => String(run));
  }
}
