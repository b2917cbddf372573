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

/** What comes from a queue, a few at a time, as fast as it is taken. */
export class Inflow implements AsyncDisposable {
  readonly #client: Client;
  readonly #source: string;
  readonly #holds: boolean;
  readonly #stack = new AsyncDisposableStack();
  #arrived: Delivery[] = [];
  #isAway = false;
  #news = Promise.withResolvers<void>();

  private constructor(client: Client, source: string, holds: boolean) {
    this.#client = client;
    this.#source = source;
    this.#holds = holds;
  }

  /** With `holds`, so many may be held beside those that are settled, and nobody else gets any meanwhile. */
  static async open(client: Client, source: string, { holds }: { readonly holds?: number } = {}): Promise<Inflow> {
    const inflow = new Inflow(client, source, holds !== undefined);
    inflow.#stack.defer(client.events.on('disconnected', () => inflow.#lost()));
    inflow.#stack.defer(client.events.on('connected', () => inflow.#back()));
    const ahead =
      holds === undefined ? { prefetch } : { prefetch: prefetch + holds, headers: { 'activemq.exclusive': 'true' } };
    const request = { destination: source, ack: 'client-individual', ...ahead } as const;
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
      if (this.#holds && !this.#isAway) await this.#stir(signal);
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
