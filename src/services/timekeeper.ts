import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { Consumer, type Watch, type Work } from './consumer.ts';
import { deadLetterQueue, delayClasses, parkingName, type Destinations } from './names.ts';
import { parked, parkingHeaders } from './parking.ts';
import { bodyOf, senderHeaders, without, type Received } from './received.ts';
import type { Decision } from './settlement.ts';
import { crash, type Suspect } from './suspects.ts';

/** Held heads per delay class: enough to move a crowd that is due together in a few transactions. */
const prefetch = 200;
/** Seconds to decide about one message. */
const timeout = 60;

/**
 * Moves parked messages to where they belong once they are due. Each queue `baton.later.<seconds>` is in order of its
 * due times, so only its head is waited for. A move is one transaction, ACK and SEND: a message is parked or moved,
 * never neither, never both.
 */
export class Timekeeper {
  readonly #lines: readonly Line[];

  constructor(client: Client, clock: Clock, watch: Watch) {
    this.#lines = delayClasses.map((seconds) => new Line(seconds, client, clock, watch));
  }

  async start(): Promise<void> {
    for (const line of this.#lines) await line.start();
  }

  /** Lets go of what it holds, which stays parked, and resolves when no move is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#lines.map(async (line) => line.stop()));
  }
}

/** One delay class: what is held of it, in order. */
class Line implements Work {
  readonly #class: number;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #consumer: Consumer;
  #held: Received[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number, client: Client, clock: Clock, watch: Watch) {
    this.#class = seconds * 1000;
    this.#client = client;
    this.#clock = clock;
    const destination = client.queue(parkingName(seconds));
    this.#consumer = new Consumer({ client, destination, concurrency: 1, prefetch, timeout, work: this, watch });
  }

  async start(): Promise<void> {
    await this.#consumer.start();
  }

  async stop(): Promise<void> {
    await this.#consumer.drain();
    this.forget();
  }

  async decide(message: Received): Promise<'held'> {
    this.#held.push(message);
    if (this.#held.length === 1) this.#wait();
    return await Promise.resolve('held');
  }

  refused({ delivery }: Received, error: unknown): Decision {
    return { sends: [misparked(delivery, messageOf(error))], records: [] };
  }

  crashed({ delivery }: Received, suspect: Suspect): Decision {
    return { sends: [misparked(delivery, crash(suspect).message)], records: [] };
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#held = [];
  }

  #wait(): void {
    const head = this.#held[0];
    clearTimeout(this.#timer);
    if (head) this.#timer = setTimeout(() => this.#moveDue(), Math.max(0, this.#leaves(head) - this.#clock.now()));
  }

  /** When a message has spent its time in this class, or is due. */
  #leaves({ delivery }: Received): number {
    return Math.min(time(delivery, 'baton-parked') + this.#class, time(delivery, 'baton-due'));
  }

  #moveDue(): void {
    const now = this.#clock.now();
    const waits = this.#held.findIndex((message) => this.#leaves(message) > now);
    for (const message of this.#held.splice(0, waits < 0 ? this.#held.length : waits)) {
      const { delivery } = message;
      const decision = { sends: [moved(delivery, this.#client, now)], records: [] };
      void this.#consumer.settle(delivery.messageId, [delivery], decision, (error) => this.refused(message, error));
    }
    this.#wait();
  }
}

/** A time that a header tells; a message without it is due at once. */
function time(delivery: Delivery, header: string): number {
  const told = Number(delivery.headers[header]);
  return Number.isNaN(told) ? 0 : told;
}

/** The message on its way: to its destination, or into the class that fits the rest of its delay. */
function moved(delivery: Delivery, destinations: Destinations, now: number): Outgoing {
  const headers = senderHeaders(delivery);
  const destination = headers['baton-destination'];
  if (destination === undefined) return misparked(delivery, 'It names no baton-destination.');
  const message = { destination, headers: without(headers, parkingHeaders), body: bodyOf(delivery) };
  const rest = time(delivery, 'baton-due') - now;
  return rest > 0 ? parked(message, rest, now, destinations) : message;
}

/** What cannot be moved is dead-lettered: it would stand before all others of its class. */
function misparked(delivery: Delivery, reason: string): Outgoing {
  const headers = { ...senderHeaders(delivery), 'baton-error-code': 'misparked', 'baton-error-message': reason };
  return { destination: deadLetterQueue(delivery.destination), headers, body: bodyOf(delivery) };
}
