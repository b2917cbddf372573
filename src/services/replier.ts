import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { names } from './names.ts';
import { bodyOf } from './received.ts';
import type { ReplyRecord } from './record.ts';
import { isRefusal, Settler } from './settler.ts';

const prefetch = 100;

/** An answer on its way to an announcer. */
export interface Reply {
  readonly run: string;
  readonly status: 'accepted' | 'refused' | 'duplicate' | 'result' | 'finished' | 'failed';
  /** Identifies the answer: sent once. */
  readonly key: string;
  readonly to: string;
  readonly correlationId?: string | undefined;
  /** Milliseconds since 1970, after which the announcer no longer wants it. */
  readonly replyBy?: number | undefined;
  readonly body: object;
}

/** The message to the replier. Nothing foreign is addressed inside a step's transaction: a reply queue that vanished would roll it back. */
export function replyMessage(reply: Reply, queue: (name: string) => string): Outgoing {
  return {
    destination: queue(names.replies),
    headers: {
      'baton-key': reply.key,
      'baton-run': reply.run,
      'baton-status': reply.status,
      'baton-reply-to': reply.to,
      ...(reply.correlationId === undefined ? {} : { 'baton-correlation-id': reply.correlationId }),
      ...(reply.replyBy === undefined ? {} : { 'baton-reply-by': String(reply.replyBy) }),
    },
    body: JSON.stringify({ status: reply.status, run: reply.run, ...reply.body }),
  };
}

/** Refusals that are remembered. */
const rememberedRefusals = 10_000;

/**
 * Sends answers on to the reply queues that announcers named: each in one transaction with its ledger record. Who
 * announced and left without waiting is no rarity, and a broker that refuses an answer ends the connection: so the
 * client should be the replier's own, and come back quickly.
 */
export class Replier {
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #settler: Settler;
  readonly #answering = new Set<Promise<void>>();
  /** Why, by what was refused: an answer (its message id), or a temporary queue, whose name never comes again. */
  readonly #refused = new Map<string, string>();
  #stopped = false;

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
    // One answer a transaction: a refusal has to tell which it means.
    this.#settler = new Settler(client, 1);
  }

  async start(): Promise<void> {
    const destination = this.#client.queue(names.replies);
    await this.#client.subscribe({ destination, ack: 'client-individual', prefetch }, (delivery) => {
      if (this.#stopped) return;
      const answer = this.#answer(delivery).finally(() => this.#answering.delete(answer));
      this.#answering.add(answer);
    });
  }

  /** Resolves when no answer is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#answering);
  }

  /** An answer that was not confirmed has been sent or has not: if not, it is delivered to us again. */
  async #answer(delivery: Delivery): Promise<void> {
    const { 'baton-reply-by': replyBy = Number.POSITIVE_INFINITY, 'baton-reply-to': to = '' } = delivery.headers;
    const refusal = this.#refused.get(delivery.messageId) ?? this.#refused.get(to);
    try {
      if (Number(replyBy) < this.#clock.now()) await this.#settle(delivery, 'late');
      else if (refusal !== undefined) await this.#settle(delivery, 'undeliverable', refusal);
      else await this.#settle(delivery, 'sent');
    } catch (error) {
      if (!isRefusal(error)) return;
      this.#remember(isTemporary(to) ? to : delivery.messageId, messageOf(error));
      // Refused before it was written, it is settled at once; otherwise the connection is gone, and it comes again.
      await this.#settle(delivery, 'undeliverable', messageOf(error)).catch(() => undefined);
    }
  }

  #remember(what: string, reason: string): void {
    this.#refused.set(what, reason);
    const oldest = this.#refused.keys().next().value;
    if (this.#refused.size > rememberedRefusals && oldest !== undefined) this.#refused.delete(oldest);
  }

  async #settle(delivery: Delivery, outcome: ReplyRecord['outcome'], reason?: string): Promise<void> {
    await this.#settler.settle({
      acks: [delivery],
      sends: outcome === 'sent' ? [answer(delivery)] : [],
      records: [this.#record(delivery, outcome, reason)],
    });
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
