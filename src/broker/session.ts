import { encode } from '../stomp/encode.ts';
import type { Frame, Headers } from '../stomp/frame.ts';
import { Deliveries } from './deliveries.ts';
import { remoteAddress, type Destination } from './destination.ts';
import { forbidden, transactionUnknown } from './errors.ts';
import type { Exchange, InFlight } from './exchange.ts';
import { requiredHeader } from './headers.ts';
import { afterCommand } from './imprint.ts';
import type { Target } from './message.ts';
import { isPermitted, type Access, type User } from './permissions.ts';
import type { Queue } from './queue.ts';
import type { Recipient, Subscription } from './subscription.ts';
import type { Transaction } from './transaction.ts';
import type { Writer } from './writer.ts';

/** The socket's side of a connection, as far as its session needs it. */
export interface Peer extends Writer {
  readonly isChoked: boolean;
  push(...pieces: readonly Buffer[]): void;
  /** Sends ERROR in answer to a frame and closes the connection. */
  fail(error: Error, frame: Frame): void;
  /** CONNECT was accepted: from now on each side sends something at least every so many milliseconds (0 for no promise). */
  accepted(sendMs: number, receiveMs: number): void;
}

/** A subscription or a browse. */
export interface Listening {
  /** The connection takes bytes again. */
  wake(): void;
  end(): void;
}

const NO_BODY = Buffer.alloc(0);

/** What a connection has between CONNECT and its end: subscriptions, deliveries in flight, transactions, temporary queues. */
export class Session implements Recipient {
  /** Unique over all restarts. */
  readonly id: string;
  readonly exchange: Exchange;
  readonly peer: Peer;
  readonly deliveries: Deliveries;
  readonly listening = new Map<string, Listening>();
  readonly transactions = new Map<string, Transaction>();
  /** CONNECT was accepted. */
  isConnected = false;
  /** Who connected, where only users may. */
  user: User | undefined;
  readonly #temporaries = new Map<string, Queue>();

  constructor(id: string, exchange: Exchange, peer: Peer) {
    this.id = id;
    this.exchange = exchange;
    this.peer = peer;
    this.deliveries = new Deliveries(id);
  }

  get isChoked(): boolean {
    return this.peer.isChoked;
  }

  /** Throws `broker.forbidden` when the user may not do that. */
  permit(access: Access, destination: Destination): void {
    const { user } = this;
    if (user === undefined || isPermitted(user, access, destination)) return;
    throw forbidden({ login: user.login, access, destination: destination.text });
  }

  /** Writes a frame without body. */
  reply(command: string, headers: Headers): void {
    this.peer.push(encode({ command, headers, body: NO_BODY }));
  }

  deliver(head: string, frame: Buffer): void {
    this.peer.push(Buffer.from(`MESSAGE\n${head}`, 'latin1'), afterCommand(frame));
  }

  expectAck(subscription: Subscription, one: InFlight, frame: Buffer): string {
    const { name } = this.deliveries.add(subscription, one, frame);
    return this.deliveries.version === '1.2' ? `ack:${name}\n` : '';
  }

  consumed(one: InFlight): void {
    this.exchange.consume(one);
  }

  /** The open transaction that the frame names, if it names one. Throws `broker.transaction-unknown`. */
  transactionOf({ command, headers }: Frame): Transaction | undefined {
    const name = headers['transaction'];
    return name === undefined ? undefined : this.#openTransaction(command, name);
  }

  /** The open transaction of a COMMIT or ABORT. */
  endingTransaction(frame: Frame): Transaction {
    const name = requiredHeader(frame, 'transaction', 'the name of an open transaction');
    return this.#openTransaction(frame.command, name);
  }

  /** It is neither open any more, nor are its messages counted. */
  endTransaction(transaction: Transaction): void {
    this.transactions.delete(transaction.name);
    transaction.end();
  }

  /** Forgets what the transaction would have done. Its deliveries stay in flight, as on ActiveMQ. */
  abort(transaction: Transaction): void {
    for (const delivery of transaction.release()) {
      if (delivery.subscription.isOpen) delivery.subscription.unnamed(1);
      else {
        this.deliveries.remove([delivery]);
        delivery.queue.putBack([delivery.message]);
      }
    }
  }

  /** Ends a subscription: what it has not settled goes back to where it stood. */
  endSubscription(subscription: Subscription): void {
    const unsettled = this.deliveries.unsettled(subscription);
    this.deliveries.remove(unsettled);
    subscription.end(unsettled);
  }

  /** The temporary queue of this connection that its client calls so. */
  temporary(name: string): Queue {
    const known = this.#temporaries.get(name);
    if (known) return known;
    const shown = `/temp-queue/${name}`;
    const address = remoteAddress(`${this.id}.${name}`);
    const queue = this.exchange.destinations.openTemporary({ name: shown, shown, address });
    this.#temporaries.set(name, queue);
    return queue;
  }

  /** Where a SEND of this connection goes. */
  target(destination: Destination): Target {
    const { destinations } = this.exchange;
    if (destination.kind !== 'temporary') return destinations.target(destination);
    return destinations.temporary(this.temporary(destination.name).address);
  }

  /** The connection takes bytes again. */
  wake(): void {
    for (const one of this.listening.values()) one.wake();
  }

  end(): void {
    for (const transaction of this.transactions.values()) {
      transaction.end();
      this.abort(transaction);
    }
    this.transactions.clear();
    for (const one of this.listening.values()) one.end();
    this.listening.clear();
    for (const queue of this.#temporaries.values()) this.exchange.destinations.closeTemporary(queue);
    this.#temporaries.clear();
  }

  #openTransaction(command: string, name: string): Transaction {
    const transaction = this.transactions.get(name);
    if (transaction === undefined) throw transactionUnknown({ command, transaction: name });
    return transaction;
  }
}
