import type { Client, Delivery, Subscription } from '../stomp/client.ts';
import { away } from './errors.ts';

/** Taken ahead: little, so that what is interrupted gives little back. */
const prefetch = 50;
/** Milliseconds without a message after which the queue is taken to be empty. */
const patience = 2_000;
/** Seconds that the broker may be away. */
const absence = 30;

/** What comes from a queue, a few at a time, as fast as it is taken. */
export class Inflow implements AsyncDisposable {
  readonly #source: string;
  readonly #stack = new AsyncDisposableStack();
  #arrived: Delivery[] = [];
  #isAway = false;
  #news = Promise.withResolvers<void>();

  private constructor(source: string) {
    this.#source = source;
  }

  static async open(client: Client, source: string): Promise<Inflow> {
    const inflow = new Inflow(source);
    inflow.#stack.defer(client.events.on('disconnected', () => inflow.#lost()));
    inflow.#stack.defer(client.events.on('connected', () => inflow.#back()));
    const request = { destination: source, ack: 'client-individual', prefetch } as const;
    const subscription: Subscription = await client.subscribe(request, (delivery) => {
      inflow.#arrived.push(delivery);
      inflow.#news.resolve();
    });
    inflow.#stack.defer(async () => {
      if (!inflow.#isAway) await subscription.unsubscribe();
    });
    return inflow;
  }

  /** The next messages, at most so many; none when nothing came for a while, or the signal said so. Throws `dead-letters.away`. */
  async next(most: number, signal: AbortSignal): Promise<readonly Delivery[]> {
    while (this.#arrived.length === 0) {
      const patiently = this.#isAway ? absence * 1000 : patience;
      const silence = AbortSignal.timeout(patiently);
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
