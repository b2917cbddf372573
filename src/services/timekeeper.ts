import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { deadLetterQueue, delayClasses, parkingName, parkingQueue, type Destinations } from './names.ts';
import { bodyOf, senderHeaders, without } from './received.ts';
import { isRefusal, Settler } from './settler.ts';

/** Held heads per delay class: enough to move a crowd that is due together in a few transactions. */
const prefetch = 200;

/**
 * Moves parked messages to where they belong once they are due. Each queue `baton.later.<seconds>` is in order of its
 * due times, so only its head is waited for. A move is one transaction, ACK and SEND: a message is parked or moved,
 * never neither, never both.
 */
export class Timekeeper {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #lines: Line[] = [];

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async start(): Promise<void> {
    const settler = new Settler(this.#client);
    for (const seconds of delayClasses) {
      const line = new Line(seconds, this.#client, this.#clock, settler);
      this.#lines.push(line);
      const destination = this.#client.queue(parkingName(seconds));
      await this.#client.subscribe({ destination, ack: 'client-individual', prefetch }, (delivery) =>
        line.hold(delivery),
      );
    }
  }

  /** Lets go of what it holds, which stays parked, and resolves when no move is under way. */
  async stop(): Promise<void> {
    await Promise.all(this.#lines.map(async (line) => line.stop()));
  }
}

/** One delay class: what is held of it, in order. */
class Line {
  readonly #class: number;
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #settler: Settler;
  readonly #moves = new Set<Promise<void>>();
  #held: Delivery[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(seconds: number, client: Client, clock: Clock, settler: Settler) {
    this.#class = seconds * 1000;
    this.#client = client;
    this.#clock = clock;
    this.#settler = settler;
    client.events.on('disconnected', () => {
      this.#held = [];
    });
  }

  hold(delivery: Delivery): void {
    if (this.#stopped) return;
    this.#held.push(delivery);
    if (this.#held.length === 1) this.#wait();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all(this.#moves);
  }

  #wait(): void {
    const head = this.#held[0];
    clearTimeout(this.#timer);
    if (!head || this.#stopped) return;
    this.#timer = setTimeout(() => this.#moveDue(), Math.max(0, this.#leaves(head) - this.#clock.now()));
  }

  /** When a message has spent its time in this class, or is due. */
  #leaves(delivery: Delivery): number {
    return Math.min(time(delivery, 'baton-parked') + this.#class, time(delivery, 'baton-due'));
  }

  #moveDue(): void {
    const now = this.#clock.now();
    const waits = this.#held.findIndex((delivery) => this.#leaves(delivery) > now);
    for (const delivery of this.#held.splice(0, waits < 0 ? this.#held.length : waits)) {
      const move = this.#move(delivery, now).finally(() => this.#moves.delete(move));
      this.#moves.add(move);
    }
    this.#wait();
  }

  /** A move that was not confirmed has happened or has not: what is still parked is delivered again. */
  async #move(delivery: Delivery, now: number): Promise<void> {
    const settle = async (message: Outgoing): Promise<void> =>
      await this.#settler.settle({ acks: [delivery], sends: [message], records: [] });
    try {
      await settle(moved(delivery, this.#client, now));
    } catch (error) {
      if (isRefusal(error)) await settle(misparked(delivery, messageOf(error))).catch(() => undefined);
    }
  }
}

/** A time that a header tells; a message without it is due at once. */
function time(delivery: Delivery, header: string): number {
  const told = Number(delivery.headers[header]);
  return Number.isFinite(told) ? told : 0;
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

const parkingHeaders: ReadonlySet<string> = new Set(['baton-destination', 'baton-due', 'baton-parked']);

/** The same message, parked for so many milliseconds. */
export function parked(message: Outgoing, milliseconds: number, now: number, destinations: Destinations): Outgoing {
  return {
    ...message,
    destination: destinations.queue(parkingQueue(milliseconds)),
    headers: {
      ...message.headers,
      'baton-destination': message.destination,
      'baton-due': String(Math.round(now + milliseconds)),
      'baton-parked': String(Math.round(now)),
    },
  };
}
