import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Events } from '../../core/events.ts';
import type { Log } from '../../core/log.ts';
import { LineBuffer } from '../../services/line-buffer.ts';
import { readLogMessage, type LogLine } from '../../services/log-line.ts';
import { names } from '../../services/names.ts';
import type { Client } from '../../stomp/client.ts';
import type { LedgerEvents } from '../events.ts';
import type { LogStore } from './log-store.ts';

export interface LogBookOptions {
  readonly client: Client;
  readonly store: LogStore;
  readonly events: Events<LedgerEvents>;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds from the first line to its transaction, and at least between two. */
const gathering = 40;
const spacing = 200;
/** What one transaction takes of lesser lines, and once more of grave ones: some 20 ms of work in each 200. */
const room = { lines: 800, ofRun: 400, bytes: 512 * 1024 };
/** Milliseconds between two looks for what is too old, and between two steps of its removal. */
const sweeping = 60_000;
const resting = 50;
/** Processes whose last message is known. */
const sendersAtMost = 2_000;
/** Runs that are named in one event; of more it is only said that there are. */
const named = 200;

/** Hears the log lines of runs on their topic, and keeps them within bounds. What comes too fast is counted. */
export class LogBook {
  readonly #options: LogBookOptions;
  readonly #buffer = new LineBuffer(room);
  /** The number of the last message of each process: one may come twice. */
  readonly #numbers = new Map<string, number>();
  readonly #stopping = new AbortController();
  #writing: Promise<void> | undefined;
  #sweeping: Promise<void> | undefined;
  #unsubscribe: (() => Promise<void>) | undefined;
  #isFailing = false;

  constructor(options: LogBookOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { client } = this.#options;
    const request = { destination: client.topic(names.log), ack: 'auto' } as const;
    const subscription = await client.subscribe(request, ({ body }) => this.#hear(body));
    this.#unsubscribe = async () => subscription.unsubscribe();
    this.#sweeping = this.#sweep();
  }

  /** Writes what has come, and resolves when nothing runs any more. The store stays open. */
  async stop(): Promise<void> {
    await this.#unsubscribe?.().catch(() => undefined);
    this.#unsubscribe = undefined;
    this.#stopping.abort();
    await Promise.all([this.#writing, this.#sweeping]);
  }

  #hear(body: Buffer): void {
    const message = readLogMessage(body);
    if (!message) return this.#options.log.debug({ bytes: body.length }, 'what came on the topic of log lines is none');
    const { from, number, lines } = message;
    if ((this.#numbers.get(from) ?? -1) >= number) return;
    this.#remember(from, number);
    for (const line of lines) this.#buffer.add(line);
    this.#writing ??= this.#write();
  }

  #remember(from: string, number: number): void {
    this.#numbers.delete(from);
    this.#numbers.set(from, number);
    const [oldest] = this.#numbers.keys();
    if (this.#numbers.size > sendersAtMost && oldest !== undefined) this.#numbers.delete(oldest);
  }

  async #write(): Promise<void> {
    await this.#pause(gathering);
    while (!this.#buffer.isEmpty) {
      const { lines, unnamed } = this.#buffer.drain();
      if (unnamed > 0) this.#options.log.warn({ lines: unnamed }, 'log lines of many runs were left out');
      this.#enter(lines);
      await this.#pause(spacing);
    }
    this.#writing = undefined;
  }

  #enter(lines: readonly LogLine[]): void {
    const { store, events, clock, log } = this.#options;
    if (lines.length === 0) return;
    try {
      store.add(lines, clock.now());
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.error({ reason: messageOf(error) }, 'log lines of runs cannot be kept');
      this.#isFailing = true;
      return;
    }
    const runs = [...new Set(lines.map(({ run }) => run))];
    events.emit('logged', { runs: runs.slice(0, named), others: runs.length > named });
  }

  async #sweep(): Promise<void> {
    const { store, clock, log } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      let isMore = false;
      try {
        isMore = store.sweep(clock.now());
      } catch (error) {
        log.warn({ reason: messageOf(error) }, 'old log lines were not removed');
      }
      await this.#pause(isMore ? resting : sweeping);
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await this.#options.clock.sleep(milliseconds, this.#stopping.signal).catch(() => undefined);
  }
}
