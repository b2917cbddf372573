import { orAborted } from '../core/abort.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import { Events } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import {
  asJson,
  brokerStatisticsQueue,
  readEntries,
  readStatistics,
  statisticsQueue,
  type QueueStatistics,
} from '../services/statistics.ts';
import type { Client, Delivery, Subscription } from '../stomp/client.ts';
import type { QueueView } from './api.ts';
import { OldestWaiting, type Sample } from './oldest.ts';

export interface QueueWatchOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  /** Seconds between two questions. */
  readonly interval: number;
  /** What an earlier watch knew of the messages that wait: its `oldest.knew`. */
  readonly known?: Readonly<Record<string, Sample>>;
}

/** Percent of its limits that the broker uses, by what they are of. */
export type BrokerUsage = ReadonlyMap<'store' | 'memory' | 'temp', number>;

/** A round of questions that the broker has answered. */
interface Round {
  readonly time: number;
  readonly queues: ReadonlyMap<string, QueueStatistics>;
}

/** The broker that has not answered for so many seconds does not answer such questions. */
const patience = 10;
const replies = '/temp-queue/baton.statistics';
const end = 'end';

/** Asks the broker, every other second, what is in its queues, and works out how fast messages go in and out. */
export class QueueWatch {
  readonly events = new Events<{ queues: { readonly queues: readonly QueueView[] } }>();
  readonly #options: QueueWatchOptions;
  readonly #stopping = new AbortController();
  #subscription: Subscription | undefined;
  #asking: Promise<void> | undefined;
  #number = 0;
  #coming = new Map<string, QueueStatistics>();
  #ended = Promise.withResolvers<void>();
  #last: Round | undefined;
  #queues: readonly QueueView[] = [];
  #unreadSince: ReadonlyMap<string, number> = new Map();
  #usage: BrokerUsage = new Map();
  #asked: number | undefined;
  #lastAnswer: number | undefined;
  readonly oldest: OldestWaiting;

  constructor(options: QueueWatchOptions) {
    this.#options = options;
    this.oldest = new OldestWaiting(options.known);
  }

  /** As the broker told last; of limits that it does not tell nothing. */
  get usage(): BrokerUsage {
    return this.#usage;
  }

  /** Seconds that the broker's last answer took, or has been waited for; undefined when none ever came. */
  get answerSeconds(): number | undefined {
    const waited = this.#asked === undefined ? 0 : (performance.now() - this.#asked) / 1000;
    return this.#lastAnswer === undefined ? undefined : Math.max(this.#lastAnswer, waited);
  }

  /** As the broker told last. */
  get queues(): readonly QueueView[] {
    return this.#queues;
  }

  /** Since when queues hold messages without having a consumer, by name. */
  get unreadSince(): ReadonlyMap<string, number> {
    return this.#unreadSince;
  }

  /** When the broker last answered, in milliseconds since 1970; undefined when it never did. */
  get answered(): number | undefined {
    return this.#last?.time;
  }

  async start(): Promise<void> {
    const request = { destination: replies, ack: 'auto', headers: asJson } as const;
    this.#subscription = await this.#options.client.subscribe(request, (delivery) => this.#take(delivery));
    this.#asking = this.#ask();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#asking;
    await this.#subscription?.unsubscribe();
  }

  async #ask(): Promise<void> {
    const { clock, log, interval } = this.#options;
    const { signal } = this.#stopping;
    for (;;) {
      const pause = clock.sleep(interval * 1000, signal).catch(() => undefined);
      try {
        await this.#round(signal);
      } catch (error) {
        if (signal.aborted) return;
        log.warn({ reason: messageOf(error) }, 'the broker was not asked for its queues');
      }
      await pause;
      if (signal.aborted) return;
    }
  }

  /** The answers to a question come before the mark that is sent after it: brokers answer in order. */
  async #round(signal: AbortSignal): Promise<void> {
    const { client, clock } = this.#options;
    this.#number += 1;
    this.#coming = new Map();
    this.#ended = Promise.withResolvers();
    const headers = { 'reply-to': replies, 'correlation-id': String(this.#number) };
    this.#asked = performance.now();
    await orAborted(client.send({ destination: brokerStatisticsQueue, headers, body: '' }), signal);
    for (const pattern of patternsOf(client.queue('>'))) {
      await orAborted(client.send({ destination: statisticsQueue(pattern), headers, body: '' }), signal);
    }
    await orAborted(client.send({ destination: replies, headers, body: end }), signal);
    const over = new AbortController();
    const late = clock.sleep(patience * 1000, AbortSignal.any([signal, over.signal]));
    await Promise.race([this.#ended.promise, late]).finally(() => over.abort());
  }

  #take({ headers, body }: Delivery): void {
    if (headers['correlation-id'] !== String(this.#number)) return;
    if (body.toString() === end) return this.#close();
    const statistics = readStatistics(body);
    if (!statistics) {
      this.#usage = usageOf(body);
      return;
    }
    const name = shownName(statistics.name, this.#options.client.queue(''));
    if (name !== undefined) this.#coming.set(name, statistics);
  }

  #close(): void {
    const time = this.#options.clock.now();
    const before = this.#last;
    this.#queues = [...this.#coming].map(([name, queue]) => {
      const rates = ratesOf(queue, before?.queues.get(name), (time - (before?.time ?? time)) / 1000);
      return viewOf(name, queue, rates);
    });
    const unread = this.#queues.filter(({ waiting, consumers }) => waiting > 0 && consumers === 0);
    this.#unreadSince = new Map(unread.map(({ name }) => [name, this.#unreadSince.get(name) ?? time]));
    this.#last = { time, queues: this.#coming };
    this.oldest.take(
      this.#queues.filter(({ name }) => isWork(name)),
      time,
    );
    this.#lastAnswer = (performance.now() - (this.#asked ?? performance.now())) / 1000;
    this.#asked = undefined;
    this.#ended.resolve();
    this.events.emit('queues', { queues: this.#queues });
  }
}

/** What to ask for, from the destination that stands for all queues of the namespace: these, and their dead-letter queues. */
function patternsOf(all: string): readonly string[] {
  const pattern = all.slice('/queue/'.length);
  return pattern === '>' ? [pattern] : [pattern, `DLQ.${pattern}`];
}

/** The name without its namespace; undefined for queues of other namespaces and of the broker's own. */
function shownName(name: string, namespace: string): string | undefined {
  if (name.startsWith('ActiveMQ.') && name !== 'ActiveMQ.DLQ') return undefined;
  const prefix = namespace.slice('/queue/'.length);
  if (name.startsWith(`DLQ.${prefix}`)) return `DLQ.${name.slice(`DLQ.${prefix}`.length)}`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : undefined;
}

/** Dead letters wait for somebody to act, and what is parked for its time. */
function isWork(name: string): boolean {
  return !isDeadLetterQueue(name) && !/^baton\.later\./.test(name);
}

/** True for the queues of dead letters, by their names without the namespace. */
export function isDeadLetterQueue(name: string): boolean {
  return /^(ActiveMQ\.)?DLQ(\.|$)/.test(name);
}

function usageOf(body: Buffer): BrokerUsage {
  const entries = readEntries(body);
  return new Map(
    (['store', 'memory', 'temp'] as const).flatMap((name) => {
      const percent = entries.get(`${name}PercentUsage`);
      return typeof percent === 'number' ? [[name, percent]] : [];
    }),
  );
}

interface Rates {
  readonly inRate: number;
  readonly outRate: number;
}

/** A broker that was restarted counts from zero again: then nothing can be said for once. */
function ratesOf(now: QueueStatistics, before: QueueStatistics | undefined, seconds: number): Rates {
  const rate = (of: 'enqueued' | 'dequeued'): number =>
    before && seconds > 0 ? Math.max(0, now[of] - before[of]) / seconds : 0;
  return { inRate: rate('enqueued'), outRate: rate('dequeued') };
}

function viewOf(
  name: string,
  { size, inFlight, consumers, enqueued, dequeued }: QueueStatistics,
  rates: Rates,
): QueueView {
  return { name, waiting: Math.max(0, size - inFlight), inFlight, consumers, enqueued, dequeued, ...rates };
}
