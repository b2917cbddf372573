import type { Client, Delivery, Subscription } from '../stomp/client.ts';
import { away } from './errors.ts';
import { stir } from './look.ts';

/** Taken ahead: little, so that what is interrupted gives little back. */
const prefetch = 50;
/** Milliseconds without a message after which the queue is taken to be empty. */
const patience = 2_000;
/** Those after which a broker is asked to go on that reads its queues in pages. */
const stillness = 20;
/** Seconds that the broker may be away. */
const absence = 30;

/** Which messages are meant, and how many of the others may be held until all go back to their places. */
interface Choice {
  readonly wants: (delivery: Delivery) => boolean;
  readonly holds: number;
}

/** What comes from a queue, a few at a time, as fast as it is taken. */
export class Inflow implements AsyncDisposable {
  readonly #client: Client;
  readonly #source: string;
  readonly #choice: Choice | undefined;
  /** Those that are not meant: held, so that what comes after them comes. */
  readonly #passed = new Set<string>();
  readonly #stack = new AsyncDisposableStack();
  #arrived: Delivery[] = [];
  #isAway = false;
  #news = Promise.withResolvers<void>();

  private constructor(client: Client, source: string, choice: Choice | undefined) {
    this.#client = client;
    this.#source = source;
    this.#choice = choice;
  }

  /** With a choice, only what is meant comes, and nobody else gets anything meanwhile. */
  static async open(client: Client, source: string, choice?: Choice): Promise<Inflow> {
    const inflow = new Inflow(client, source, choice);
    inflow.#stack.defer(client.events.on('disconnected', () => inflow.#lost()));
    inflow.#stack.defer(client.events.on('connected', () => inflow.#back()));
    const ahead = choice
      ? { prefetch: prefetch + choice.holds, headers: { 'activemq.exclusive': 'true' } }
      : { prefetch };
    const request = { destination: source, ack: 'client-individual', ...ahead } as const;
    const subscription: Subscription = await client.subscribe(request, (delivery) => inflow.#take(delivery));
    inflow.#stack.defer(async () => {
      if (!inflow.#isAway) await subscription.unsubscribe();
    });
    return inflow;
  }

  /** How many messages came that are not meant. */
  get passed(): number {
    return this.#passed.size;
  }

  /**
   * The next messages, at most so many; none when nothing came for a while, the signal said so, or no others are to be
   * expected. Throws `dead-letters.away`.
   */
  async next(most: number, signal: AbortSignal, isOver: () => boolean): Promise<readonly Delivery[]> {
    while (this.#arrived.length === 0) {
      if (isOver() && !this.#isAway) return [];
      const patiently = this.#isAway ? absence * 1000 : patience;
      const silence = AbortSignal.timeout(patiently);
      if (this.#choice && !this.#isAway) await this.#stir(signal);
      const isNews = await happened(this.#news.promise, AbortSignal.any([signal, silence]));
      if (signal.aborted || (!isNews && !this.#isAway)) return [];
      if (!isNews) throw away({ queue: this.#source, seconds: absence });
      this.#news = Promise.withResolvers();
    }
    return this.#arrived.splice(0, most);
  }

  /** Puts back what was not settled, to come first again. */
  putBack(deliveries: readonly Delivery[]): void {
    this.#arrived.unshift(...deliveries);
    this.#news.resolve();
  }

  /** Gives what was not settled back to the queue. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  #take(delivery: Delivery): void {
    if (this.#choice?.wants(delivery) === false) this.#passed.add(delivery.messageId);
    else this.#arrived.push(delivery);
    this.#news.resolve();
  }

  /** Unless something comes at once. A connection that is lost meanwhile tells of itself. */
  async #stir(signal: AbortSignal): Promise<void> {
    const soon = AbortSignal.any([signal, AbortSignal.timeout(stillness)]);
    if ((await happened(this.#news.promise, soon)) || signal.aborted) return;
    await stir(this.#client, this.#source).catch(() => undefined);
  }

  /** What came over the connection can no longer be settled; it comes again over the next. */
  #lost(): void {
    this.#isAway = true;
    this.#arrived = [];
    this.#news.resolve();
  }

  #back(): void {
    this.#isAway = false;
    this.#news.resolve();
  }
}

async function happened(event: Promise<void>, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  const ended = Promise.withResolvers<boolean>();
  const end = (): void => ended.resolve(false);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([event.then(() => true), ended.promise]);
  } finally {
    signal.removeEventListener('abort', end);
  }
}
