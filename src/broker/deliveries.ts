import type { Headers } from '../stomp/frame.ts';
import { deliveryUnknown, headerRefused } from './errors.ts';
import type { InFlight } from './exchange.ts';
import { messageIdOf } from './imprint.ts';
import type { Message } from './message.ts';
import type { Queue } from './queue.ts';
import type { Subscription } from './subscription.ts';

/** A message that a connection has received and not settled. */
export interface Delivery extends InFlight {
  /** What an ACK or NACK calls it. */
  readonly name: string;
  readonly queue: Queue;
  readonly message: Message;
  readonly subscription: Subscription;
  /** An open transaction settles it. */
  isInTransaction: boolean;
}

/** STOMP 1.2 has an id for each delivery; in 1.1 message-id and subscription tell. */
export type Version = '1.1' | '1.2';

/** The messages in flight on one connection, in the order in which they were delivered. */
export class Deliveries {
  /** Begins every name, so that an ACK from an earlier connection never fits. */
  readonly #session: string;
  /** As the connection agreed. */
  version: Version = '1.2';
  readonly #all = new Map<string, Delivery>();
  #count = 0;

  constructor(session: string) {
    this.#session = session;
  }

  add(subscription: Subscription, { queue, message }: InFlight, frame: Buffer): Delivery {
    this.#count += 1;
    const name =
      this.version === '1.2'
        ? `${this.#session}-${String(this.#count)}`
        : nameOf11(subscription.id, messageIdOf(frame));
    const delivery = { name, queue, message, subscription, isInTransaction: false };
    this.#all.set(name, delivery);
    return delivery;
  }

  /** The deliveries that an ACK or NACK settles: with ack mode `client` all of the subscription up to the one named. */
  named(command: string, headers: Headers): readonly Delivery[] {
    const name = this.version === '1.2' ? required(command, headers, 'id') : nameIn11(command, headers);
    const named = this.#all.get(name);
    if (named === undefined || named.isInTransaction) throw deliveryUnknown({ command, id: name });
    return named.subscription.ack === 'client' ? this.#upTo(named) : [named];
  }

  /** Nothing was delivered that is still to be settled. */
  get isEmpty(): boolean {
    return this.#all.size === 0;
  }

  /** They are settled, or on their way to it. */
  remove(deliveries: readonly Delivery[]): void {
    for (const { name } of deliveries) this.#all.delete(name);
  }

  /** Those of a subscription that no open transaction settles. */
  unsettled(subscription: Subscription): readonly Delivery[] {
    return [...this.#all.values()].filter((one) => one.subscription === subscription && !one.isInTransaction);
  }

  #upTo(last: Delivery): readonly Delivery[] {
    const found: Delivery[] = [];
    for (const one of this.#all.values()) {
      if (one.subscription === last.subscription && !one.isInTransaction) found.push(one);
      if (one === last) break;
    }
    return found;
  }
}

function nameIn11(command: string, headers: Headers): string {
  return nameOf11(required(command, headers, 'subscription'), required(command, headers, 'message-id'));
}

function nameOf11(subscription: string, messageId: string): string {
  return `${messageId} ${subscription}`;
}

function required(command: string, headers: Headers, header: string): string {
  const value = headers[header];
  if (value === undefined) throw headerRefused({ command, header, value: null, expected: 'as in the MESSAGE' });
  return value;
}
