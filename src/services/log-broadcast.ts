import { randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Client } from '../stomp/client.ts';
import { unknown } from '../stomp/errors.ts';
import { LineBuffer } from './line-buffer.ts';
import type { LogLevel, LogLine, LogMessage, LogOrigin } from './log-line.ts';
import { names } from './names.ts';

export interface LogBroadcastOptions {
  /** Makes the connection, which is opened with the first line: most processes have none to tell. */
  readonly connect: () => Client;
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds from the first line to its message, and at least between two messages. */
const gathering = 20;
const spacing = 250;
/** What one message holds of lesser lines, and once more of grave ones: with the spacing 600 lines a second of a run, and 1 200 in all. */
const room = { lines: 300, ofRun: 150, bytes: 64 * 1024 };
/** Milliseconds that a message is worth delivering to a ledger that is slow. */
const lifetime = 60_000;
/** Milliseconds that the last lines have to leave when the process ends. */
const farewell = 1_000;

/**
 * Tells the lines of a process on the topic `baton.log`, over a connection of its own: whatever holds that up holds up
 * nothing else. One message at a time is under way, a few a second; while it is, or while there is no broker, lines wait
 * in the buffer, and beyond its room they are counted.
 */
export class LogBroadcast {
  readonly #options: LogBroadcastOptions;
  readonly #buffer = new LineBuffer(room);
  readonly #from = randomBytes(8).toString('hex');
  readonly #stopping = new AbortController();
  #client: Client | undefined;
  #telling: Promise<void> | undefined;
  #number = 0;
  /** The broker lets nobody of this login in: there is nothing to wait for. */
  #isShut = false;

  constructor(options: LogBroadcastOptions) {
    this.#options = options;
  }

  /** Takes one line; `make` is called only when there is room for it. */
  take(origin: LogOrigin, level: LogLevel, make: () => LogLine): void {
    if (this.#isShut) return;
    if (this.#buffer.admits(origin, level)) this.#buffer.add(make());
    else this.#buffer.leaveOut(origin, level, this.#options.clock.now());
    this.#telling ??= this.#tell();
  }

  /** Sends what is there, where that goes at once. May be called twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const patience = AbortSignal.timeout(farewell);
    await Promise.race([this.#telling, new Promise((resolve) => patience.addEventListener('abort', resolve))]);
    this.#isShut = true;
    await this.#client?.stop();
  }

  async #tell(): Promise<void> {
    const { signal } = this.#stopping;
    await this.#pause(gathering);
    while (!this.#buffer.isEmpty && !this.#isShut) {
      try {
        const client = await this.#connected();
        const { lines, unnamed } = this.#buffer.drain();
        if (unnamed > 0) this.#options.log.warn({ lines: unnamed }, 'log lines of many runs were left out');
        await this.#send(client, lines);
      } catch (error) {
        this.#isShut = true;
        if (!signal.aborted) this.#options.log.warn({ reason: messageOf(error) }, 'log lines of runs cannot be told');
      }
      if (!signal.aborted) await this.#pause(spacing);
    }
    this.#telling = undefined;
  }

  /** Resolves when there is a connection. Rejects when the broker refuses the login, and when stopped. */
  async #connected(): Promise<Client> {
    const client = this.#client;
    if (!client) {
      this.#client = this.#options.connect();
      await this.#client.start();
      return this.#client;
    }
    if (!client.isConnected) await client.events.once('connected');
    return client;
  }

  async #send(client: Client, lines: readonly LogLine[]): Promise<void> {
    if (lines.length === 0) return;
    const { clock, log } = this.#options;
    const message: LogMessage = { from: this.#from, number: (this.#number += 1), lines };
    const body = JSON.stringify(message);
    for (;;) {
      const headers = { expires: String(clock.now() + lifetime) };
      try {
        return await client.send({ destination: client.topic(names.log), headers, body });
      } catch (error) {
        // It may have come: whoever listens knows it by its number.
        if (unknown.is(error)) continue;
        if (this.#stopping.signal.aborted) return;
        log.warn({ lines: lines.length, reason: messageOf(error) }, 'log lines of runs were not sent');
        return;
      }
    }
  }

  async #pause(milliseconds: number): Promise<void> {
    await this.#options.clock.sleep(milliseconds, this.#stopping.signal).catch(() => undefined);
  }
}
