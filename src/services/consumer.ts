import { Events } from '../core/events.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Subscription } from '../stomp/client.ts';
import { Cancellations } from './cancellations.ts';
import type { ServiceEvents } from './events.ts';
import { bareLetters } from './bare-letters.ts';
import { Gate } from './gate.ts';
import { MessageGuard, type Guard } from './guard.ts';
import type { HighWater } from './high-water.ts';
import { KeptDecisions } from './kept.ts';
import { Pauses } from './pauses.ts';
import { received, type Received } from './received.ts';
import { isRefusal, Settler } from './settler.ts';
import type { Decision } from './settlement.ts';
import { isCulprit, Suspects, unwatched, type RunningNotes, type Suspect } from './suspects.ts';

/** A decision, or that there is none yet. */
export type Decided = Decision | 'held';

/** What a consumer does with a delivery; the stages between receiving and settling. */
export interface Work {
  /**
   * Decides what becomes of a message. Never rejects. `held`: the message stays unacknowledged until `settle` is called
   * for it.
   */
  decide(message: Received, signal: AbortSignal, guard: Guard): Decided | Promise<Decided>;
  /** What becomes of a message whose transaction the broker refused. */
  refused(message: Received, error: unknown): Decision;
  /** What becomes of a message that killed its process too often. */
  crashed(message: Received, suspect: Suspect): Decision;
  /** The message needs no work, as its run was cancelled: it is settled even while the intake is held back. */
  isCancelled?(message: Received): boolean;
  /** The connection is gone, and all that was held with it; it will be delivered again. */
  forget?(): void;
}

/** What all consumers of one process share. */
export interface Watch {
  readonly gate: Gate;
  readonly suspects: Suspects;
  readonly notes: RunningNotes;
  readonly events: Events<ServiceEvents>;
  readonly cancellations: Cancellations;
  readonly pauses: Pauses;
}

/** What the consumers of one process share, with what its supervisor gave where there is one. */
export function watchOver(
  suspects = new Suspects(),
  notes: RunningNotes = unwatched,
  events = new Events<ServiceEvents>(),
): Watch {
  return { gate: new Gate(), suspects, notes, events, cancellations: new Cancellations(), pauses: new Pauses() };
}

export interface ConsumerOptions {
  readonly client: Client;
  /** The full destination. */
  readonly destination: string;
  readonly concurrency: number;
  readonly prefetch: number;
  /** Seconds a handler may take before its process is lost. */
  readonly timeout: number;
  readonly work: Work;
  readonly watch: Watch;
  /** Holds the intake back while too much waits where it sends to. */
  readonly highWater?: HighWater | undefined;
  /** Called when it begins to be busy, and when it has nothing more to do. */
  readonly onBusy?: (isBusy: boolean) => void;
}

/** Decisions on their way to the broker, beyond which nothing more is begun: some times what is settled together, and no heap of them. */
const settlingAtMost = 256;

/** Consumes one queue over one connection: receive ▸ guard ▸ (work) ▸ settle. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #settler: Settler;
  readonly #kept = new KeptDecisions();
  readonly #stopping = new AbortController();
  #unwatch: () => void = () => undefined;
  readonly #groups = new Set<string>();
  /** The latest delivery of each message whose handler runs, by message id. */
  readonly #handled = new Map<string, Delivery>();
  readonly #idle: (() => void)[] = [];
  #pending: Received[] = [];
  /** Counts the connections that were lost. */
  #losses = 0;
  #running = 0;
  #settling = 0;
  #committing = 0;
  #wasBusy = false;
  #draining = false;
  #isPaused = false;
  #isStarted = false;
  #isAdjusting = false;
  #subscription: Subscription | undefined;

  constructor(options: ConsumerOptions) {
    this.#options = options;
    this.#settler = new Settler(options.client);
  }

  /** Subscribes, unless it is paused; survives reconnections. */
  async start(): Promise<void> {
    const { client, watch } = this.#options;
    this.#unwatch = watch.cancellations.watch(() => this.#pump());
    client.events.on('disconnected', () => this.#forget());
    this.#isStarted = true;
    await this.#adjust();
  }

  /**
   * Paused it begins nothing more; once what was running has ended and is settled, all that it holds beside goes back to
   * the broker, for others. Resolves when that is so, or it goes on.
   */
  async setPaused(isPaused: boolean): Promise<void> {
    this.#isPaused = isPaused;
    this.#pump();
    await this.#adjust();
  }

  /** Takes no more, and resolves when what was running has ended and is settled. What was only prefetched goes back to the broker. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#unwatch();
    this.#pending = [];
    while (this.busy) await this.#whenIdle();
  }

  /** Goes on with what has come, now that nothing holds it back. */
  resume(): void {
    this.#pump();
  }

  /** Works on a message that was held. */
  again(message: Received): void {
    if (this.#draining) return;
    this.#pending.push(message);
    this.#pump();
  }

  /** Tells running handlers to give up now. */
  abort(): void {
    this.#stopping.abort(new Error('The service stops.'));
  }

  /** Counts work on held messages as running, until the returned function is called. */
  hold(): () => void {
    this.#settling += 1;
    this.#changed();
    return () => {
      this.#settling -= 1;
      this.#changed();
    };
  }

  /** True while a handler runs or a transaction is under way. */
  get busy(): boolean {
    return this.#running + this.#settling > 0;
  }

  /** The decision about held messages that a lost connection left open, if their id is known. */
  takeKept(id: string): Decision | undefined {
    return this.#kept.take(id);
  }

  /** Subscribes or ends the subscription, one after the other, until it is as it should be. */
  async #adjust(): Promise<void> {
    if (this.#isAdjusting || !this.#isStarted) return;
    this.#isAdjusting = true;
    try {
      while (this.#isPaused === (this.#subscription !== undefined) && !this.#draining) await this.#adjustOnce();
    } finally {
      this.#isAdjusting = false;
    }
  }

  async #adjustOnce(): Promise<void> {
    const { client, destination, prefetch } = this.#options;
    const request = { destination, ack: 'client-individual', prefetch } as const;
    if (!this.#subscription)
      this.#subscription = await client.subscribe(request, (delivery) => this.#receive(delivery));
    // What runs can only be acknowledged on the subscription that it came over.
    else if (this.busy) await this.#whenIdle();
    else {
      const ended = this.#subscription;
      this.#subscription = undefined;
      this.#forget();
      await ended.unsubscribe();
    }
  }

  #receive(delivery: Delivery): void {
    if (this.#draining) return;
    // The connection was lost while its handler ran: what that decides settles this delivery.
    if (this.#handled.has(delivery.messageId)) return void this.#handled.set(delivery.messageId, delivery);
    const message = received(delivery);
    const kept = this.#kept.take(delivery.messageId);
    if (kept) return void this.settle(delivery.messageId, [delivery], kept, (error) => this.#refused(message, error));
    this.#pending.push(message);
    this.#pump();
  }

  #pump(): void {
    const { concurrency } = this.#options;
    while (this.#running < concurrency && this.#committing < settlingAtMost && !this.#isPaused) {
      const message = this.#nextReady();
      if (!message) return;
      this.#running += 1;
      this.#changed();
      if (message.group !== undefined) this.#groups.add(message.group);
      void this.#process(message);
    }
  }

  /** The first that may begin, which then no longer waits. */
  #nextReady(): Received | undefined {
    const isHeldBack = this.#options.highWater?.isReached === true;
    for (const [index, one] of this.#pending.entries()) {
      if (one.group !== undefined && this.#groups.has(one.group)) continue;
      if (isHeldBack && this.#options.work.isCancelled?.(one) !== true) continue;
      if (index === 0) return this.#pending.shift();
      this.#pending.splice(index, 1);
      return one;
    }
    return undefined;
  }

  async #process(message: Received): Promise<void> {
    const { messageId } = message.delivery;
    let decision: Decided;
    let delivery = message.delivery;
    try {
      decision = await this.#guarded(message);
    } finally {
      delivery = this.#handled.get(messageId) ?? delivery;
      this.#handled.delete(messageId);
      this.#running -= 1;
      if (message.group !== undefined) this.#groups.delete(message.group);
      this.#pump();
    }
    if (decision === 'held') return this.#changed();
    void this.settle(messageId, [delivery], decision, (error) => this.#refused(message, error));
  }

  /** The guard: what runs is noted first; a suspect runs alone; who killed too often does not run. */
  async #guarded(message: Received): Promise<Decided> {
    const { work, watch, timeout } = this.#options;
    const { messageId } = message.delivery;
    const suspect = watch.suspects.get(messageId);
    if (suspect && isCulprit(suspect)) return work.crashed(message, suspect);
    const losses = this.#losses;
    const guard = new MessageGuard(watch, messageId, suspect !== undefined);
    if (!guard.tryEnter()) await guard.enter();
    try {
      // Noted, and known whether its run is cancelled: from here on nothing is waited for until the work itself begins.
      do {
        if (!watch.cancellations.isCurrent) await watch.cancellations.current();
        await guard.expect(timeout);
      } while (!watch.cancellations.isCurrent);
      // It comes again over the next connection, and this delivery could not be settled: there is nothing to decide.
      if (losses !== this.#losses) return 'held';
      if (this.#isPaused) {
        this.#pending.unshift(message);
        return 'held';
      }
      this.#handled.set(messageId, message.delivery);
      const deciding = work.decide(message, this.#stopping.signal, guard);
      const decision = deciding instanceof Promise ? await deciding : deciding;
      if (suspect && decision !== 'held') watch.notes.cleared(messageId);
      return decision;
    } finally {
      guard.leave();
    }
  }

  /** Settles a decision; true when it is settled. Otherwise it is kept for when the messages come again. */
  async settle(
    id: string,
    deliveries: readonly Delivery[],
    decision: Decision,
    refused: (error: unknown) => Decision,
  ): Promise<boolean> {
    this.#settling += 1;
    this.#committing += 1;
    const sent = this.#options.highWater?.sending(decision.sends);
    try {
      await this.#settler.settle({ acks: deliveries, sends: decision.sends, records: decision.records });
      decision.settled?.();
      return true;
    } catch (error) {
      if (!isRefusal(error)) {
        this.#kept.keep(id, decision);
        return false;
      }
      return await this.#settleRefused(id, deliveries, refused, error);
    } finally {
      sent?.();
      this.#settling -= 1;
      this.#committing -= 1;
      this.#pump();
      this.#changed();
    }
  }

  /**
   * The broker refused what the outcome wanted to send: that outcome becomes a failure. If even this is refused, the
   * messages are dead-lettered bare; and if that is, they stay with the broker.
   */
  async #settleRefused(
    id: string,
    deliveries: readonly Delivery[],
    refused: (error: unknown) => Decision,
    error: unknown,
  ): Promise<boolean> {
    const failure = refused(error);
    for (const decision of [failure, bareLetters(deliveries, failure, error)]) {
      try {
        await this.#settler.settle({ acks: deliveries, ...decision });
        return true;
      } catch (second) {
        if (isRefusal(second)) continue;
        this.#kept.keep(id, decision);
        return false;
      }
    }
    this.#options.watch.events.emit('unsettled', { messageId: id, reason: messageOf(error) });
    return false;
  }

  #refused(message: Received, error: unknown): Decision {
    return this.#options.work.refused(message, error);
  }

  #forget(): void {
    this.#losses += 1;
    this.#pending = [];
    this.#options.work.forget?.();
  }

  async #whenIdle(): Promise<void> {
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #changed(): void {
    const { busy } = this;
    if (busy !== this.#wasBusy) this.#options.onBusy?.(busy);
    this.#wasBusy = busy;
    if (!busy) for (const resolve of this.#idle.splice(0)) resolve();
  }
}
