import { type Backoff, backoffSeconds, jittered } from '../core/backoff.ts';
import type { BatonError } from '../core/errors.ts';
import { Connection, type ConnectionListener, type ConnectionOptions } from './connection.ts';
import { loginRefused, stopped } from './errors.ts';
import { slept } from './heart-beat.ts';

export interface LinkOptions extends Omit<ConnectionOptions, 'signal'> {
  readonly backoff: Backoff;
}

/** Who is told of the connections that come and go. */
export interface LinkListener extends ConnectionListener {
  onUp(connection: Connection): void;
  /** The socket is closed; another attempt follows, unless the link was stopped. */
  onDown(reason: BatonError): void;
  onFailure(error: BatonError): void;
}

/** One connection after the other, until it is stopped. */
export class Link {
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  readonly #lifetime = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #hasConnected = false;
  #hasWorked = false;
  #isStopped = false;

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** Resolves with the first connection. Rejects when its login is refused, or when the link is stopped before. */
  async start(): Promise<void> {
    if (this.#isStopped) throw stopped({ name: this.#options.name });
    this.#running ??= this.#run();
    await this.#first.promise;
  }

  /** Something was done over this connection: once it has ended, waiting begins anew. */
  worked(): void {
    this.#hasWorked = true;
  }

  /** Says goodbye and resolves when the socket is closed. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#connection?.disconnect();
    this.#lifetime.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { backoff, clock, name } = this.#options;
    let failures = 0;
    while (!this.#isStopped) {
      const since = clock.now();
      await this.#connectOnce();
      // A connection that lasted or was of use starts the count again; one that the broker ends at once does not.
      failures = this.#hasWorked || clock.now() - since > backoff.maxDelay * 1000 ? 1 : failures + 1;
      this.#hasWorked = false;
      const wait = jittered(backoffSeconds(backoff, failures)) * 1000;
      await slept(clock, wait, this.#lifetime.signal);
    }
    this.#first.reject(stopped({ name }));
  }

  /** Resolves when the connection has ended, or has failed to begin. */
  async #connectOnce(): Promise<void> {
    try {
      this.#connection = await Connection.open({ ...this.#options, signal: this.#lifetime.signal }, this.#listener);
    } catch (error) {
      this.#failed(error as BatonError);
      return;
    }
    this.#first.resolve();
    this.#hasConnected = true;
    this.#listener.onUp(this.#connection);
    const reason = await this.#connection.closed;
    this.#connection = undefined;
    this.#listener.onDown(reason);
  }

  /** A login that is refused at first will be refused for ever; later, the broker may be in the middle of a restart. */
  #failed(error: BatonError): void {
    if (this.#isStopped) return;
    this.#listener.onFailure(error);
    if (!loginRefused.is(error) || this.#hasConnected) return;
    this.#isStopped = true;
    this.#lifetime.abort();
    this.#first.reject(error);
  }
}
