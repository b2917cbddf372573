import type { Connection } from './connection.ts';
import { encodeControl } from './encode.ts';
import { unknown } from './errors.ts';
import type { Delivery } from './message.ts';

/** What to receive, and how. */
export interface SubscriptionRequest {
  readonly destination: string;
  /** `client-individual`: each delivery is settled by transact or nack. `auto`: it counts as settled when it was sent. */
  readonly ack: 'client-individual' | 'auto';
  /** How many unsettled deliveries the broker may send ahead; 100 where nothing is said. */
  readonly prefetch?: number;
  /** A condition over headers in SQL 92, as in `priority > 4 AND beamline = 'i03'`. */
  readonly selector?: string;
  /** Further headers of the SUBSCRIBE frame. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A subscription that outlives connections. */
export interface Subscription {
  /** Ends it; deliveries not settled yet go back to the broker. Resolves when the broker knows. */
  unsubscribe(): Promise<void>;
}

/** ActiveMQ's own 1000 makes each acknowledgement slow, and connections were seen to freeze with it. */
const PREFETCH = 100;

/** A subscription as it stands on the present connection. */
export class LiveSubscription {
  readonly #request: SubscriptionRequest;
  readonly #onDelivery: (delivery: Delivery) => void;
  readonly #established = Promise.withResolvers<void>();
  /** Acknowledgement ids of what was delivered on the present connection and not settled. */
  readonly #unsettled = new Set<string>();
  #isEstablished = false;

  constructor(request: SubscriptionRequest, onDelivery: (delivery: Delivery) => void) {
    this.#request = request;
    this.#onDelivery = onDelivery;
  }

  /** Resolves when a broker took it for the first time; rejects when the broker refused it, or it was abandoned. */
  get established(): Promise<void> {
    return this.#established.promise;
  }

  /** Subscribes on a new connection, where nothing is unsettled yet. */
  async establish(connection: Connection, id: string): Promise<void> {
    this.#unsettled.clear();
    try {
      await connection.request(`the subscription to ${this.#request.destination}`, (receipt) =>
        encodeControl('SUBSCRIBE', { ...this.#headers(), id, receipt }),
      );
      this.#isEstablished = true;
      this.#established.resolve();
    } catch (error) {
      // Without an answer, or once it has been established, the next connection tries again.
      if (!unknown.is(error) && !this.#isEstablished) this.#established.reject(error);
    }
  }

  abandon(reason: unknown): void {
    this.#established.reject(reason);
  }

  deliver(delivery: Delivery): void {
    if (this.#request.ack === 'client-individual') this.#unsettled.add(delivery.ackId);
    try {
      this.#onDelivery(delivery);
    } catch (error) {
      // Reported as uncaught, but outside of the loop over the frames received, of which none must be lost.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  isUnsettled({ ackId }: Delivery): boolean {
    return this.#unsettled.has(ackId);
  }

  settle({ ackId }: Delivery): void {
    this.#unsettled.delete(ackId);
  }

  #headers(): Record<string, string> {
    const { destination, ack, prefetch = PREFETCH, selector, headers } = this.#request;
    return {
      ...headers,
      destination,
      ack,
      'activemq.prefetchSize': String(prefetch),
      ...(selector !== undefined && { selector }),
    };
  }
}
