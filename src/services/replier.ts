import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { Consumer, type Watch, type Work } from './consumer.ts';
import { names } from './names.ts';
import { bodyOf, type Received } from './received.ts';
import type { ReplyRecord } from './record.ts';
import type { Decision } from './settlement.ts';
import { crash, type Suspect } from './suspects.ts';

/** Answers taken ahead. */
const prefetch = 100;
/** Seconds for one answer. */
const timeout = 60;

/**
 * Sends answers on to the reply queues that announcers named: each in one transaction with its ledger record. Who
 * announced and left without waiting is no rarity, and a broker that refuses an answer ends the connection: so the
 * client should be the replier's own, and come back quickly.
 */
export class Replier {
  readonly #consumer: Consumer;

  constructor(client: Client, clock: Clock, watch: Watch) {
    const destination = client.queue(names.replies);
    const work = new ReplyWork(clock);
    this.#consumer = new Consumer({ client, destination, concurrency: 1, prefetch, timeout, work, watch });
  }

  async start(): Promise<void> {
    await this.#consumer.start();
  }

  /** Resolves when no answer is under way. */
  async stop(): Promise<void> {
    await this.#consumer.drain();
  }
}

/** Temporary queues that are gone, remembered: their names never come again. */
const rememberedQueues = 10_000;

/** An answer is sent; or it is late, or cannot be delivered, and then only the ledger has it. */
class ReplyWork implements Work {
  readonly #clock: Clock;
  /** Why nothing can be sent there, by destination. */
  readonly #gone = new Map<string, string>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  decide({ delivery }: Received): Decision {
    const replyBy = Number(delivery.headers['baton-reply-by'] ?? Number.POSITIVE_INFINITY);
    if (replyBy < this.#clock.now()) return this.#unsent(delivery, 'late');
    const gone = this.#gone.get(replyTo(delivery));
    if (gone !== undefined) return this.#unsent(delivery, 'undeliverable', gone);
    return { sends: [answer(delivery)], records: [this.#record(delivery, 'sent')] };
  }

  refused({ delivery }: Received, error: unknown): Decision {
    const to = replyTo(delivery);
    if (isTemporary(to)) this.#remember(to, messageOf(error));
    return this.#unsent(delivery, 'undeliverable', messageOf(error));
  }

  crashed({ delivery }: Received, suspect: Suspect): Decision {
    return this.#unsent(delivery, 'undeliverable', crash(suspect).message);
  }

  #unsent(delivery: Delivery, outcome: ReplyRecord['outcome'], reason?: string): Decision {
    return { sends: [], records: [this.#record(delivery, outcome, reason)] };
  }

  #remember(to: string, reason: string): void {
    this.#gone.set(to, reason);
    const oldest = this.#gone.keys().next().value;
    if (this.#gone.size > rememberedQueues && oldest !== undefined) this.#gone.delete(oldest);
  }

  #record({ headers, messageId }: Delivery, outcome: ReplyRecord['outcome'], reason?: string): ReplyRecord {
    return {
      kind: 'reply',
      id: headers['baton-key'] ?? messageId,
      run: headers['baton-run'] ?? '',
      status: headers['baton-status'] ?? '',
      to: headers['baton-reply-to'] ?? '',
      outcome,
      time: this.#clock.now(),
      ...(reason === undefined ? {} : { reason }),
    };
  }
}

function replyTo({ headers }: Delivery): string {
  return headers['baton-reply-to'] ?? '';
}

function answer(delivery: Delivery): Outgoing {
  const { 'baton-reply-to': destination = '', 'baton-correlation-id': id, 'baton-run': run = '' } = delivery.headers;
  return {
    destination,
    headers: { ...(id === undefined ? {} : { 'correlation-id': id }), 'baton-run': run },
    body: bodyOf(delivery),
  };
}

function isTemporary(destination: string): boolean {
  return /^\/(?:remote-)?temp-queue\//.test(destination);
}
