import type { Clock } from '../core/clock.ts';
import type { Events } from '../core/events.ts';
import { FrameCache } from './cache.ts';
import { compact } from './compaction.ts';
import { deadLetter, deadLetterName } from './dead-letter.ts';
import { parseDestination } from './destination.ts';
import { Destinations } from './destinations.ts';
import type { BrokerEvents } from './events.ts';
import type { BrokerLimits } from './limits.ts';
import { Memory } from './memory.ts';
import { placed, reordered, type Draft, type Message, type Target } from './message.ts';
import { Queue } from './queue.ts';
import { Scheduler } from './scheduler.ts';
import type { Changes, Found, Row, Store } from './store.ts';
import { Turn } from './turn.ts';
import type { Writer } from './writer.ts';

/** A message in flight, and the queue that it came from. */
export interface InFlight {
  readonly queue: Queue;
  readonly message: Message;
}

/** What a SEND, an ACK, a NACK or a whole transaction changes: all of it or nothing. */
export interface Change {
  /** Whose it is; of the statistics the one who asked. */
  readonly writer: Writer;
  /** It has messages in flight, the end of which makes room. */
  readonly isConsumer?: boolean;
  readonly sends?: readonly Draft[];
  readonly acks?: readonly InFlight[];
  readonly nacks?: readonly InFlight[];
  /** The store refused; nothing happened. */
  readonly failed: (error: Error) => void;
}

/** What the exchange is put together from. */
export interface ExchangeOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly events: Events<BrokerEvents>;
}

/** Waits so long before it writes again what no client waits for and the store refused. */
const RETRY_MS = 1000;

/** The one way in which messages come to their queues and leave them. */
export class Exchange {
  readonly clock: Clock;
  readonly limits: BrokerLimits;
  readonly events: Events<BrokerEvents>;
  readonly turn: Turn;
  readonly destinations: Destinations;
  readonly memory: Memory;
  /** Differs for each start of each store. */
  readonly epoch: string;
  readonly #store: Store;
  readonly #scheduler: Scheduler;
  readonly #isStopped = new AbortController();
  #lastNumber: number;

  constructor({ store, clock, limits, events }: ExchangeOptions) {
    this.clock = clock;
    this.limits = limits;
    this.events = events;
    this.#store = store;
    this.turn = new Turn(store, clock, limits.roomMs);
    this.epoch = store.epoch;
    this.memory = new Memory(limits.memoryBytes, () => this.turn.waitingRoom.freed());
    this.#lastNumber = store.lastNumber();
    this.#scheduler = new Scheduler(store, clock, {
      release: (found, done) => this.#release(found, done),
      expire: (found) => this.#expireFound(found),
    });
    this.destinations = new Destinations({
      store,
      limits,
      memory: this.memory,
      cache: new FrameCache(limits.cacheBytes),
      host: this.#host(),
    });
    for (const address of store.addresses()) this.#targetAt(address);
    this.#scheduler.start();
    void compact(store, clock, this.#isStopped.signal);
  }

  /** A number greater than that of every message in the store. */
  nextNumber(): number {
    this.#lastNumber += 1;
    return this.#lastNumber;
  }

  /** How full the store is, by ActiveMQ's names; without a limit only what is used. */
  storeFigures(): Readonly<Record<string, number>> {
    const { storeBytes } = this.limits;
    const used = this.#store.usedBytes();
    if (storeBytes === Infinity) return { storeUsage: used };
    return { storeUsage: used, storeLimit: storeBytes, storePercentUsage: Math.round((100 * used) / storeBytes) };
  }

  /** Writes the change with all others of this turn; it takes effect when it is on disk. */
  perform({ writer, isConsumer = false, sends = [], acks = [], nacks = [], failed }: Change): void {
    const dead = nacks.filter(({ queue }) => queue.isDurable);
    const arrivals = [...sends, ...dead.map((one) => this.#deadLetterOf(one))].map((draft) => this.#arrival(draft));
    const ended = nacks.length > 0 ? [...acks, ...nacks] : acks;
    const changes = changesOf(arrivals, ended);
    this.turn.write({
      writer,
      onlyAdds: !isConsumer && ended.length === 0 && changes.rows.length > 0,
      changes,
      stored: () => {
        for (const arrival of arrivals) this.#accept(arrival);
        for (const { queue, message } of ended) queue.settle(message);
        for (const { queue } of dead) this.events.emit('deadLettered', { queue: queue.name, reason: 'nack' });
      },
      failed: (error) => {
        for (const { queue, message } of ended) queue.putBack([message]);
        // Once, not for all that it had behind.
        if (writer.isOpen) this.events.emit('storeFailed', { reason: error.message });
        failed(error);
      },
    });
  }

  /** A message was handed to a consumer that does not acknowledge. */
  consume(one: InFlight): void {
    const { queue, message } = one;
    if (!queue.isDurable) queue.settle(message);
    else this.#insist(changesOf([], [one]), () => queue.settle(message));
  }

  /** Ends what the exchange does of itself, and writes what is still to be written. */
  stop(): void {
    this.#scheduler.stop();
    this.#isStopped.abort();
    this.turn.waitingRoom.close();
    this.turn.finish();
  }

  #host() {
    return {
      now: () => this.clock.now(),
      wake: (queue: Queue) => this.turn.wake(queue),
      expire: (queue: Queue, message: Message) => this.#expire(queue, message),
      watch: (expires: number) => this.#scheduler.watch(expires),
    };
  }

  #targetAt(address: string): Target {
    return this.destinations.target(parseDestination('restart', address));
  }

  #arrival(draft: Draft): Arrival {
    const { target, due, frame } = draft;
    const message = placed(draft, this.nextNumber());
    const row = target.isDurable || due > 0 ? { address: target.address, due, message, frame } : undefined;
    return { target, due, message, row };
  }

  #accept({ target, due, message }: Arrival): void {
    if (due > 0) {
      this.#scheduler.watch(due);
      return;
    }
    target.accept(message);
    if (message.expires > 0 && target.isDurable) this.#scheduler.watch(message.expires);
  }

  #deadLetterOf({ queue, message }: InFlight, cause?: string): Draft {
    const target = this.destinations.queue(deadLetterName(queue.name));
    return deadLetter(message, queue.frameOf(message), target, this.nextNumber(), cause);
  }

  #expireFound({ address, message }: Found): boolean {
    const queue = this.#targetAt(address);
    if (!(queue instanceof Queue)) return false;
    const withdrawn = queue.withdraw(message);
    if (withdrawn) this.#expire(queue, withdrawn);
    return withdrawn !== undefined;
  }

  /** Moves a withdrawn message whose time has passed to the dead-letter queue. */
  #expire(queue: Queue, message: Message): void {
    const one = { queue, message };
    const cause = `Message expired at ${String(message.expires)}`;
    const arrivals = queue.isDurable ? [this.#arrival(this.#deadLetterOf(one, cause))] : [];
    this.#insist(changesOf(arrivals, [one]), () => {
      queue.counts.expired += 1;
      queue.forget(message);
      for (const arrival of arrivals) this.#accept(arrival);
      if (queue.isDurable) this.events.emit('deadLettered', { queue: queue.name, reason: 'expired' });
    });
  }

  /** The time of delayed messages has come: they go to the end of their lines. */
  #release(due: readonly Found[], done: () => void): void {
    const arrivals = due.map(({ address, message }) => {
      const target = this.#targetAt(address);
      const frame = target.isDurable ? undefined : this.#store.frame(message.id);
      return { target, due: 0, message: { ...message, frame, place: reordered(message.place, this.nextNumber()) } };
    });
    const releases = arrivals.filter(({ target }) => target.isDurable).map(({ message }) => message);
    const removals = arrivals.filter(({ target }) => !target.isDurable).map(({ message }) => message.id);
    this.#insist({ releases, removals }, () => {
      for (const arrival of arrivals) this.#accept(arrival);
      done();
    });
  }

  /** Writes what no client waits for; when the store refuses, again after a while. */
  #insist(changes: Changes, stored: () => void): void {
    const failed = (error: Error): void => {
      this.events.emit('storeFailed', { reason: error.message });
      this.clock.sleep(RETRY_MS, this.#isStopped.signal).then(
        () => this.#insist(changes, stored),
        () => undefined,
      );
    };
    this.turn.write({ changes, stored, failed });
  }
}

/** A message on its way into its line. */
interface Arrival {
  readonly target: Target;
  readonly due: number;
  readonly message: Message;
  readonly row?: Row | undefined;
}

function changesOf(arrivals: readonly Arrival[], ended: readonly InFlight[]) {
  return {
    rows: arrivals.flatMap(({ row }) => row ?? []),
    removals: ended.filter(({ queue }) => queue.isDurable).map(({ message }) => message.id),
  };
}
