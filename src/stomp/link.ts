import { type Backoff, backoffSeconds, jittered } from '../core/backoff.ts';
import type { BatonError } from '../core/errors.ts';
import { type BrokerAddress, brokersOf } from './address.ts';
import { Connection, type ConnectionListener, type ConnectionOptions } from './connection.ts';
import { loginRefused, otherProtocol, stopped, untrusted } from './errors.ts';
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

/**
 * One connection after the other, until it is stopped. Where the address names several brokers they are tried in turn,
 * beginning with the one that served last; it waits only when none of them served.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #listener: LinkListener;
  readonly #lifetime = new AbortController();
  readonly #first = Promise.withResolvers<void>();
  readonly #brokers: readonly BrokerAddress[];
  /** Which of them is tried next: the last that was of use, or the one after the last that was not. */
  #broker = 0;
  /** How many refused one after the other. */
  #refusals = 0;
  #connection: Connection | undefined;
  #running: Promise<void> | undefined;
  #hasConnected = false;
  #hasWorked = false;
  #isStopped = false;

  constructor(options: LinkOptions, listener: LinkListener) {
    this.#options = options;
    this.#brokers = brokersOf(options.address);
    this.#listener = listener;
  }

  /** Resolves with the first connection. Rejects when all brokers refuse it, or when the link is stopped before. */
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
    let tried = 0;
    while (!this.#isStopped) {
      this.#hasWorked = false;
      const wasOfUse = await this.#connectOnce();
      if (!wasOfUse) {
        this.#broker = (this.#broker + 1) % this.#brokers.length;
        tried += 1;
        if (tried < this.#brokers.length) continue;
      }
      failures = wasOfUse ? 1 : failures + 1;
      tried = 0;
      const wait = jittered(backoffSeconds(backoff, failures)) * 1000;
      await slept(clock, wait, this.#lifetime.signal);
    }
    this.#first.reject(stopped({ name }));
  }

  /** Resolves when the connection has ended, or has failed to begin. False when the broker ended it at once, too. */
  async #connectOnce(): Promise<boolean> {
    const { clock, backoff } = this.#options;
    const address = this.#brokers[this.#broker] ?? this.#options.address;
    try {
      const options = { ...this.#options, address, signal: this.#lifetime.signal };
      this.#connection = await Connection.open(options, this.#listener);
    } catch (error) {
      this.#failed(error as BatonError);
      return false;
    }
    this.#first.resolve();
    this.#hasConnected = true;
    const since = clock.now();
    this.#listener.onUp(this.#connection);
    const reason = await this.#connection.closed;
    this.#connection = undefined;
    this.#listener.onDown(reason);
    return this.#hasWorked || clock.now() - since > backoff.maxDelay * 1000;
  }

  /** What all brokers refuse at first they will refuse for ever; later, one may be in the middle of a restart. */
  #failed(error: BatonError): void {
    if (this.#isStopped) return;
    this.#listener.onFailure(error);
    this.#refusals = isRefusal(error) ? this.#refusals + 1 : 0;
    if (this.#hasConnected || this.#refusals < this.#brokers.length) return;
    this.#isStopped = true;
    this.#lifetime.abort();
    this.#first.reject(error);
  }
}

function isRefusal(error: BatonError): boolean {
  return [loginRefused, untrusted, otherProtocol].some((kind) => kind.is(error));
}
