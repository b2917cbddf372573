import { addAbortListener } from 'node:events';
import type { BatonError } from '../core/errors.ts';
import type { Connection } from './connection.ts';
import { encodeControl } from './encode.ts';
import { unknown } from './errors.ts';
import type { Delivery } from './message.ts';
import { LiveSubscription, type Subscription, type SubscriptionRequest } from './subscription.ts';

/** The subscriptions of a client, under the ids they have on the present connection. */
export class Subscriptions {
  readonly #wanted = new Set<LiveSubscription>();
  readonly #byId = new Map<string, LiveSubscription>();
  #connection: Connection | undefined;
  #count = 0;

  /** Subscribes now, if there is a connection, and on every later one. Resolves when a broker took it. */
  async add(
    request: SubscriptionRequest,
    onDelivery: (delivery: Delivery) => void,
    signal?: AbortSignal,
  ): Promise<Subscription> {
    const subscription = new LiveSubscription(request, onDelivery);
    using _abort = signal && addAbortListener(signal, () => subscription.abandon(signal.reason));
    this.#wanted.add(subscription);
    this.#establish(subscription);
    try {
      await subscription.established;
    } catch (error) {
      // Given up on this side only, it would go on taking messages that nobody reads.
      if (signal?.aborted) void this.#remove(subscription).catch(() => undefined);
      else this.#forget(subscription);
      throw error;
    }
    return { unsubscribe: async () => await this.#remove(subscription) };
  }

  /** Moves to a connection, or to none: what was delivered until now cannot be settled any more. */
  use(connection: Connection | undefined): void {
    this.#byId.clear();
    this.#connection = connection;
    for (const subscription of this.#wanted) this.#establish(subscription);
  }

  /** Hands the delivery to its subscription, if that has not ended. */
  deliver(delivery: Delivery): void {
    this.#of(delivery)?.deliver(delivery);
  }

  isUnsettled(delivery: Delivery): boolean {
    return this.#of(delivery)?.isUnsettled(delivery) ?? false;
  }

  settle(delivery: Delivery): void {
    this.#of(delivery)?.settle(delivery);
  }

  /** Ends those that no broker has taken yet. */
  abandon(reason: BatonError): void {
    for (const subscription of this.#wanted) subscription.abandon(reason);
    this.#wanted.clear();
  }

  #of({ headers }: Delivery): LiveSubscription | undefined {
    return this.#byId.get(headers['subscription'] ?? '');
  }

  /** Ids are never used again: a late message of an ended subscription must not reach another one. */
  #establish(subscription: LiveSubscription): void {
    if (!this.#connection) return;
    this.#count += 1;
    const id = `s${String(this.#count)}`;
    this.#byId.set(id, subscription);
    void subscription.establish(this.#connection, id);
  }

  async #remove(subscription: LiveSubscription): Promise<void> {
    const id = this.#forget(subscription);
    if (id === undefined) return;
    try {
      await this.#connection?.request(`the end of a subscription`, (receipt) =>
        encodeControl('UNSUBSCRIBE', { id, receipt }),
      );
    } catch (error) {
      // With its connection the subscription ended too.
      if (!unknown.is(error)) throw error;
    }
  }

  /** The id it had on the present connection, if any. */
  #forget(subscription: LiveSubscription): string | undefined {
    this.#wanted.delete(subscription);
    for (const [id, one] of this.#byId) {
      if (one !== subscription) continue;
      this.#byId.delete(id);
      return id;
    }
    return undefined;
  }
}
