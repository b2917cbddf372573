import { addAbortListener } from 'node:events';
import type { Backoff } from '../core/backoff.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { BatonError } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import { type Log, silent } from '../core/log.ts';
import type { BrokerAddress } from './address.ts';
import type { ClientEvents } from './client-events.ts';
import type { Connection } from './connection.ts';
import { Copies } from './copies.ts';
import { encodeControl } from './encode.ts';
import { stale, stopped } from './errors.ts';
import type { Frame, FrameLimits } from './frame.ts';
import type { HeartBeat } from './heart-beat.ts';
import { Link } from './link.ts';
import { logConnection } from './log-connection.ts';
import { defaultWaiting, type Load, loadOf } from './load.ts';
import { type Delivery, deliveryOf, type Outgoing } from './message.ts';
import { Outbox } from './outbox.ts';
import type { Subscription, SubscriptionRequest } from './subscription.ts';
import { Subscriptions } from './subscriptions.ts';
import { describeTransaction, encodeTransaction, type Transaction } from './transaction.ts';
import { validate } from './validate.ts';

export type { Delivery, Outgoing } from './message.ts';
export type { Subscription, SubscriptionRequest } from './subscription.ts';
export type { Transaction } from './transaction.ts';

export interface ClientOptions {
  readonly address: BrokerAddress;
  /** Who this is, in logs and errors, and in the header `baton-name` of CONNECT. */
  readonly name: string;
  readonly clock?: Clock;
  /** How long to wait before the n-th attempt to connect; jittered. */
  readonly backoff?: Backoff;
  readonly heartBeat?: HeartBeat;
  /** Milliseconds for connecting and logging in. */
  readonly connectTimeout?: number;
  /** Milliseconds without any answer, while one is due, after which the connection is given up. */
  readonly answerTimeout?: number;
  readonly limits?: Partial<FrameLimits>;
  /** How much may wait to be sent, beside what acknowledges, of which the prefetch is the limit. */
  readonly waiting?: Load;
  readonly log?: Log;
  /** Stops the client. */
  readonly signal?: AbortSignal;
}

/**
 * A connection to a broker that comes back. What is sent while there is none waits for the next. Deliveries belong to
 * the connection they came over (their epoch): settling one after that has ended rejects, and writes nothing.
 */
export class Client implements AsyncDisposable {
  readonly events = new Events<ClientEvents>();
  readonly #options: Required<Omit<ClientOptions, 'signal'>>;
  readonly #link: Link;
  readonly #outbox: Outbox;
  readonly #subscriptions = new Subscriptions();
  readonly #abort: Disposable | undefined;
  #isConnected = false;
  #epoch = 0;
  #transactions = 0;
  #stopping: Promise<void> | undefined;

  constructor({ signal, ...options }: ClientOptions) {
    this.#options = {
      clock: systemClock,
      backoff: { delay: 0.2, factor: 2, maxDelay: 10 },
      heartBeat: { send: 10_000, receive: 5_000 },
      connectTimeout: 10_000,
      answerTimeout: 120_000,
      limits: {},
      waiting: defaultWaiting,
      log: silent,
      ...options,
    };
    this.#outbox = new Outbox(this.#options.waiting);
    this.#link = new Link(this.#options, {
      onUp: (connection) => this.#up(connection),
      onDown: (reason) => this.#down(reason),
      onMessage: (frame) => this.#deliver(frame),
      onWritable: () => this.#outbox.flush(),
      onRefused: (error) => this.events.emit('error', { error }),
      onFailure: (error) => this.events.emit('error', { error }),
    });
    logConnection(this.events, this.#options);
    this.#abort = signal && addAbortListener(signal, () => void this.stop());
  }

  /**
   * Connects, and tries again until it succeeds: resolves then. Rejects with `stomp.login` when the first broker reached
   * refuses the login, and with `stomp.stopped` when stopped before.
   */
  async start(): Promise<void> {
    try {
      await this.#link.start();
    } catch (error) {
      this.#refuseAllNew(error as BatonError);
      throw error;
    }
  }

  /**
   * Says goodbye, and resolves when the socket is closed and everything pending is settled. May be called at any time;
   * a stopped client does not start again.
   */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    await this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Whether there is a connection now: what is worth nothing later need not be sent without. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** How many connections there have been. */
  get epoch(): number {
    return this.#epoch;
  }

  /** The destination of a queue in the namespace of this client. */
  queue(name: string): string {
    return `/queue/${this.#inNamespace(name)}`;
  }

  /** The destination of a topic in the namespace of this client. */
  topic(name: string): string {
    return `/topic/${this.#inNamespace(name)}`;
  }

  /** Sends one message; resolves when the broker has it. Messages to queues are persistent unless they say otherwise. */
  async send(message: Outgoing, signal?: AbortSignal): Promise<void> {
    await this.transact({ ack: [], send: [message] }, signal);
  }

  /**
   * Acknowledges and sends, all or nothing; resolves when that is done. Many may be under way at once. What only sends
   * waits for a connection, and for one that reads, as long as the signal lets it. Rejects with `stomp.invalid`,
   * `stomp.stale`, `stomp.full`, `stomp.stopped`, and with the signal's reason: nothing was written; `stomp.refused`:
   * nothing happened; `stomp.unknown`: the connection ended before the answer.
   */
  async transact(transaction: Transaction, signal?: AbortSignal): Promise<void> {
    const { ack, send } = transaction;
    for (const message of send) validate(message);
    if (ack.length + send.length === 0) return;
    await this.#outbox.submit({
      check: () => this.#checkUnsettled(ack),
      write: async (connection) =>
        await connection.request(describeTransaction(transaction), (receipt) => {
          this.#transactions += 1;
          const bytes = encodeTransaction(transaction, `t${String(this.#transactions)}`, receipt);
          for (const delivery of ack) this.#subscriptions.settle(delivery);
          return bytes;
        }),
      load: ack.length === 0 ? () => loadOf(send) : undefined,
      signal,
    });
    this.#link.worked();
  }

  /** Gives one delivery back as failed: the broker moves it to the dead-letter queue. Rejects as transact does. */
  async nack(delivery: Delivery): Promise<void> {
    await this.#outbox.submit({
      check: () => this.#checkUnsettled([delivery]),
      write: async (connection) =>
        await connection.request(`the refusal of message ${delivery.messageId}`, (receipt) => {
          this.#subscriptions.settle(delivery);
          return encodeControl('NACK', { id: delivery.ackId, receipt });
        }),
    });
  }

  /**
   * Calls the listener with each delivery, on this connection and on later ones. Resolves when the broker took the
   * subscription; rejects with `stomp.refused` when it did not, and with the signal's reason when that came first.
   */
  async subscribe(
    request: SubscriptionRequest,
    onDelivery: (delivery: Delivery) => void,
    signal?: AbortSignal,
  ): Promise<Subscription> {
    if (this.#stopping) throw stopped({ name: this.#options.name });
    signal?.throwIfAborted();
    return await this.#subscriptions.add(request, onDelivery, signal);
  }

  /**
   * Copies of what waits in a queue, which stays there; ActiveMQ ends after 400. Iterating throws when the connection is
   * lost, as it would otherwise begin anew.
   */
  async *browse(destination: string, selector?: string): AsyncGenerator<Delivery, void, undefined> {
    const copies = new Copies();
    const stopListening = this.events.on('disconnected', ({ reason }) => copies.interrupt(reason));
    try {
      const headers = { browser: 'true', ...(selector === undefined ? {} : { selector }) };
      const request = { destination, ack: 'auto', headers } as const;
      const subscription = await this.subscribe(request, (delivery) => copies.accept(delivery));
      try {
        yield* copies;
      } finally {
        await subscription.unsubscribe();
      }
    } finally {
      stopListening();
    }
  }

  #inNamespace(name: string): string {
    const { prefix } = this.#options.address;
    return prefix === '' ? name : `${prefix}.${name}`;
  }

  #checkUnsettled(deliveries: readonly Delivery[]): void {
    const seen = new Set<string>();
    for (const delivery of deliveries) {
      const reason = this.#unsettleable(delivery, seen);
      if (reason !== undefined) throw stale({ messageId: delivery.messageId, reason });
      seen.add(delivery.ackId);
    }
  }

  /** Why a delivery cannot be settled, beside others. */
  #unsettleable(delivery: Delivery, others: ReadonlySet<string>): string | undefined {
    if (!this.#isConnected || delivery.epoch !== this.#epoch) return 'the connection it came over has ended';
    if (!this.#subscriptions.isUnsettled(delivery)) return 'it is settled, or its subscription has ended';
    return others.has(delivery.ackId) ? 'it stands twice in the same transaction' : undefined;
  }

  #deliver(frame: Frame): void {
    this.#subscriptions.deliver(deliveryOf(frame, this.#epoch, this.#options.clock.now()));
  }

  #up(connection: Connection): void {
    this.#epoch += 1;
    this.#isConnected = true;
    this.#subscriptions.use(connection);
    this.#outbox.use(connection);
    this.events.emit('connected', { epoch: this.#epoch });
  }

  #down(reason: BatonError): void {
    this.#isConnected = false;
    this.#subscriptions.use(undefined);
    this.#outbox.use(undefined);
    this.events.emit('disconnected', { epoch: this.#epoch, reason });
  }

  async #stop(): Promise<void> {
    this.#abort?.[Symbol.dispose]();
    this.#refuseAllNew(stopped({ name: this.#options.name }));
    await this.#link.stop();
  }

  #refuseAllNew(reason: BatonError): void {
    this.#outbox.close(reason);
    this.#subscriptions.abandon(reason);
  }
}
