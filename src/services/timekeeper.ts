import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { followCancellations } from './cancellation-news.ts';
import type { Cancellations } from './cancellations.ts';
import { Consumer, type Decided, type Watch, type Work } from './consumer.ts';
import { deadLetterQueue, delayClasses, parkingName, type Destinations } from './names.ts';
import { parked, Stay, unparked } from './parking.ts';
import { bodyOf, senderHeaders, type Received } from './received.ts';
import type { Decision } from './settlement.ts';
import { crash, type Suspect } from './suspects.ts';

/** Held heads per delay class: enough to move a crowd that is due together in a few transactions. */
const prefetch = 200;
/** Seconds to decide about one message. */
const timeout = 60;

/**
 * Moves parked messages to where they belong once they are due. Each queue `baton.later.<seconds>` is in order of its
 * due times, so only its head is waited for. A move is one transaction, ACK and SEND: a message is parked or moved,
 * never neither, never both. Messages of a cancelled run are due at once: the services they are for settle them.
 */
export class Timekeeper {
  readonly #client: Client;
  readonly #cancellations: Cancellations;
  readonly #lines: readonly Line[];
  #unfollow: (() => void) | undefined;

  constructor(client: Client, clock: Clock, watch: Watch) {
    this.#client = client;
    this.#cancellations = watch.cancellations;
    this.#lines = delayClasses.map((seconds) => new Line(seconds, client, clock, watch));
  }

  async start(): Promise<void> {
    this.#unfollow = await followCancellations(this.#client, this.#cancellations);
    for (const line of this.#lines) await line.start();
  }

  /** Lets go of what it holds, which stays parked, and resolves when no move is under way. */
  async stop(): Promise<void> {
    this.#unfollow?.();
    await Promise.all(this.#lines.map(async (line) => line.stop()));
  }
}

/** One delay class: what is held of it, in order. */
class Line implements Work {
  readonly #class: number;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #consumer: Consumer;
  readonly #cancellations: Cancellations;
  #held: Held[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(seconds: number, client: Client, clock: Clock, watch: Watch) {
    this.#class = seconds * 1000;
    this.#client = client;
    this.#clock = clock;
    this.#cancellations = watch.cancellations;
    this.#cancellations.watch((run) => this.#release(run));
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

  decide(message: Received): Decided {
    if (this.#cancellations.has(runOf(message))) return this.#move(message, 0);
    this.#held.push({ message, stay: new Stay(message.delivery.headers, this.#clock.now()) });
    if (this.#held.length === 1) this.#wait();
    return 'held';
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
    if (head) this.#timer = setTimeout(() => this.#moveDue(), Math.max(0, head.stay.leftIn(this.#class)));
  }

  #moveDue(): void {
    const waits = this.#held.findIndex(({ stay }) => stay.leftIn(this.#class) > 0);
    for (const { message, stay } of this.#held.splice(0, waits < 0 ? this.#held.length : waits))
      this.#settle(message, stay.left);
    this.#wait();
  }

  /** The run was cancelled: nothing of it waits for its time any more. */
  #release(run: string): void {
    const released = this.#held.filter(({ message }) => runOf(message) === run);
    if (released.length === 0) return;
    this.#held = this.#held.filter((held) => !released.includes(held));
    for (const { message } of released) this.#settle(message, 0);
    this.#wait();
  }

  #settle(message: Received, left: number): void {
    const { delivery } = message;
    const refused = (error: unknown): Decision => this.refused(message, error);
    void this.#consumer.settle(delivery.messageId, [delivery], this.#move(message, left), refused);
  }

  #move({ delivery }: Received, left: number): Decision {
    return { sends: [moved(delivery, this.#client, left, this.#clock.now())], records: [] };
  }
}

interface Held {
  readonly message: Received;
  readonly stay: Stay;
}

function runOf({ delivery }: Received): string {
  return delivery.headers['baton-run'] ?? '';
}

/** The message on its way: to its destination, or into the class that fits what is left of its delay, in milliseconds. */
function moved(delivery: Delivery, destinations: Destinations, left: number, now: number): Outgoing {
  const headers = senderHeaders(delivery);
  const destination = headers['baton-destination'];
  if (destination === undefined) return misparked(delivery, 'It names no baton-destination.');
  const message = { destination, headers: unparked(headers), body: bodyOf(delivery) };
  return left >= 1 ? parked(message, left, now, destinations) : message;
}

/** What cannot be moved is dead-lettered: it would stand before all others of its class. */
function misparked(delivery: Delivery, reason: string): Outgoing {
  const headers = { ...senderHeaders(delivery), 'baton-error-code': 'misparked', 'baton-error-message': reason };
  return { destination: deadLetterQueue(delivery.destination), headers, body: bodyOf(delivery) };
}
