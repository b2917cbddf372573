import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Outgoing } from '../stomp/client.ts';
import type { QueueStatistics } from './statistics.ts';

export interface HighWaterOptions {
  /** Messages that may wait in each queue that the service sends to. */
  readonly limit: number;
  /** The destination that the service consumes: what it sends to itself does not hold it back. */
  readonly own: string;
  /** Asks the broker, by queue names with their prefix. */
  readonly ask: (queues: readonly string[]) => Promise<readonly QueueStatistics[]>;
  /** Called when the intake is to be held back, with the reason in words; and, with none, when it is to go on. */
  readonly onChange: (reason: string | undefined) => void;
  readonly log: Log;
}

/** Milliseconds between two questions at least. Between them, what was sent since counts as waiting. */
const interval = 500;

/**
 * Holds back the intake of a service while too much waits where it sends to. It learns from what is sent which queues
 * these are, and asks the broker only while the service sends, or is held back.
 */
export class HighWater {
  readonly #options: HighWaterOptions;
  /** By queue: what waits there, as far as is known. */
  readonly #waiting = new Counts();
  /** By queue: what is being sent, so that the broker may not count it yet. */
  readonly #underway = new Counts();
  /** By queue: what was sent since the broker was asked. */
  #since = new Counts();
  #reason: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isStopped = false;
  #lastAsked = -Infinity;

  constructor(options: HighWaterOptions) {
    this.#options = options;
  }

  get isReached(): boolean {
    return this.#reason !== undefined;
  }

  /** Takes note of what the service begins to send. The returned function is to be called once the broker has it, or will not have it. */
  sending(messages: readonly Outgoing[]): () => void {
    const queues = messages.filter(({ destination }) => this.#counts(destination)).map(queueOf);
    if (queues.length === 0) return () => undefined;
    for (const counts of [this.#waiting, this.#underway, this.#since]) counts.add(queues);
    this.#judge();
    this.#askSoon();
    return () => this.#underway.add(queues, -1);
  }

  /** Asks no more. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Baton's own queues are emptied whatever comes, and those of dead letters by nobody. */
  #counts(destination: string): boolean {
    return destination.startsWith('/queue/') && destination !== this.#options.own && !isApart.test(destination);
  }

  #judge(): void {
    const { limit, onChange } = this.#options;
    const [queue, waiting] = [...this.#waiting].find(([, count]) => count > limit) ?? [];
    const reason = queue === undefined ? undefined : `held back: ${String(waiting)} messages wait in ${queue}`;
    const wasReached = this.isReached;
    this.#reason = reason;
    if (this.isReached !== wasReached) onChange(reason);
  }

  #askSoon(): void {
    if (this.#isStopped || this.#isAsking || this.#timer !== undefined) return;
    const wait = Math.max(0, this.#lastAsked + interval - performance.now());
    this.#timer = setTimeout(() => void this.#ask(), wait);
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    try {
      await this.#learn([...this.#waiting.keys()]);
    } catch (error) {
      // The connection is gone perhaps: all stays as it stood until the broker answers again.
      this.#options.log.debug({ reason: messageOf(error) }, 'the broker did not tell what waits');
    }
    this.#isAsking = false;
    this.#timer = undefined;
    this.#lastAsked = performance.now();
    this.#judge();
    if (this.isReached) this.#askSoon();
  }

  /** What the answer may not have in it counts beside it, even if it has: with the next answer that is put right. */
  async #learn(queues: readonly string[]): Promise<void> {
    const underway = queues.map((queue) => this.#underway.of(queue));
    const since = (this.#since = new Counts());
    const answers = new Map((await this.#options.ask(queues)).map(({ name, size }) => [name, size]));
    for (const [index, queue] of queues.entries())
      this.#waiting.set(queue, (answers.get(queue) ?? 0) + (underway[index] ?? 0) + since.of(queue));
  }
}

/** How many, by queue. */
class Counts {
  readonly #counts = new Map<string, number>();

  of(queue: string): number {
    return this.#counts.get(queue) ?? 0;
  }

  set(queue: string, count: number): void {
    if (count > 0) this.#counts.set(queue, count);
    else this.#counts.delete(queue);
  }

  add(queues: readonly string[], count = 1): void {
    for (const queue of queues) this.set(queue, this.of(queue) + count);
  }

  [Symbol.iterator](): Iterator<[queue: string, count: number]> {
    return this.#counts.entries();
  }

  keys(): Iterable<string> {
    return this.#counts.keys();
  }
}

function queueOf({ destination }: Outgoing): string {
  return destination.slice('/queue/'.length);
}

/** Destinations that hold nobody back, whatever their prefix. */
const isApart = /^\/queue\/(?:DLQ\.|(?:[^/]*\.)?baton\.)/;
