import { setImmediate, setTimeout } from 'node:timers/promises';
import { backoffSeconds } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { invalid, stale } from '../stomp/errors.ts';
import type { Book, Entered } from './book.ts';
import { resultCode } from './sqlite-error.ts';

/**
 * One transaction holds at most so many messages, and so many bytes of them: some hundred records, some 20 ms. With a
 * quarter of that, records that come by the thousand take a fifth longer, as each touches a page of an index alone.
 */
const messageLimit = 100;
const byteLimit = 1024 * 1024;
/** Acknowledgements on their way while the next batch is written. */
const pipelined = 4;
/**
 * Milliseconds from one batch to the next while records come without a pause: the more there are in a batch, the fewer
 * pages of an index each of them touches alone. With 20 ms it was an eighth more work, with a batch for each read a third;
 * the first never waits, and nothing waits once there is as much as a batch takes.
 */
const gathering = 50;
/** Waits while the disk is full or broken, in seconds: nothing is lost meanwhile, the broker keeps it. */
const patience = { delay: 0.5, factor: 2, maxDelay: 15 };

/** Why nothing is entered at the moment. */
export interface Trouble {
  readonly since: number;
  readonly message: string;
}

export interface ConsumerOptions {
  readonly client: Client;
  readonly book: Book;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEntered: (entered: Entered) => void;
}

/**
 * Takes record messages as they come, enters all that are there in one transaction of the store, and acknowledges them
 * in one of the broker, together with what they caused. Both are idempotent in that order; see Caused.
 */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #stopping = new AbortController();
  #waiting: Delivery[] = [];
  /** Of all that waits. */
  #bytes = 0;
  /** Ends the gathering. */
  #gathered: AbortController | undefined;
  #running: Promise<void> | undefined;
  readonly #settling = new Set<Promise<void>>();
  #trouble: Trouble | undefined;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /** What keeps it from entering records; undefined when nothing does. */
  get trouble(): Trouble | undefined {
    return this.#trouble;
  }

  take(delivery: Delivery): void {
    if (this.#stopping.signal.aborted) return;
    this.#waiting.push(delivery);
    this.#bytes += delivery.body.length;
    if (this.#isFull) this.#gathered?.abort();
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Resolves when what was entered is acknowledged. What was not is delivered to the next ledger. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#waiting = [];
    this.#gathered?.abort();
    await this.#running;
    await Promise.all(this.#settling);
  }

  async #run(): Promise<void> {
    // Others of the same process have their turn between two batches, and deliveries of one read are one batch.
    await setImmediate();
    while (this.#waiting.length > 0) {
      await this.#gather();
      const batch = this.#next();
      if (batch.length > 0) await this.#process(batch);
      await setImmediate();
    }
  }

  /** Until it is time, or there is as much as one batch takes. */
  async #gather(): Promise<void> {
    const rest = this.#latest + gathering - performance.now();
    if (rest > 0 && !this.#isFull) {
      this.#gathered = new AbortController();
      await setTimeout(rest, undefined, { signal: this.#gathered.signal }).catch(() => undefined);
    }
    this.#latest = performance.now();
  }

  get #isFull(): boolean {
    return this.#waiting.length >= messageLimit || this.#bytes >= byteLimit;
  }

  /** What came over an earlier connection comes again over this one. */
  #next(): readonly Delivery[] {
    const epoch = this.#options.client.epoch;
    this.#waiting = this.#waiting.filter((delivery) => delivery.epoch === epoch);
    let bytes = 0;
    const beyond = this.#waiting.findIndex(({ body }, index) => {
      bytes += body.length;
      return index === messageLimit || (bytes > byteLimit && index > 0);
    });
    const batch = this.#waiting.splice(0, beyond === -1 ? this.#waiting.length : beyond);
    this.#bytes = this.#waiting.reduce((sum, { body }) => sum + body.length, 0);
    return batch;
  }

  async #process(batch: readonly Delivery[]): Promise<void> {
    const entered = await this.#enter(batch, () => this.#options.book.enter(batch));
    if (!entered) return;
    this.#options.onEntered(entered);
    while (this.#settling.size >= pipelined) await Promise.race(this.#settling);
    const settling = this.#settle(batch, entered.sends).finally(() => this.#settling.delete(settling));
    this.#settling.add(settling);
  }

  /** Enters the batch, however long the disk takes; undefined when it was stopped before, or entered message by message. */
  async #enter(batch: readonly Delivery[], enter: () => Entered): Promise<Entered | undefined> {
    for (let attempt = 1; !this.#stopping.signal.aborted; attempt += 1) {
      try {
        const entered = enter();
        this.#trouble = undefined;
        return entered;
      } catch (error) {
        if (resultCode(error) === undefined) return await this.#isolate(batch, error);
        await this.#wait(error, attempt);
      }
    }
    return undefined;
  }

  /** Something in the batch that cannot be entered although it reads well: a defect, which must not stop the others. */
  async #isolate(batch: readonly Delivery[], error: unknown): Promise<Entered | undefined> {
    const { book, log } = this.#options;
    const [first, ...others] = batch;
    if (first && others.length === 0) {
      log.error({ messageId: first.messageId, reason: messageOf(error) }, 'a message cannot be entered');
      return await this.#enter(batch, () => book.refuse(first, messageOf(error)));
    }
    for (const delivery of batch) await this.#process([delivery]);
    return undefined;
  }

  async #wait(error: unknown, attempt: number): Promise<void> {
    const { clock, log } = this.#options;
    const message = messageOf(error);
    if (!this.#trouble) log.error({ reason: message }, 'the store cannot be written');
    this.#trouble ??= { since: clock.now(), message };
    await clock.sleep(backoffSeconds(patience, attempt) * 1000, this.#stopping.signal).catch(() => undefined);
  }

  /** Whatever was not confirmed is delivered again, changes nothing then, and has its sends with its acknowledgement. */
  async #settle(batch: readonly Delivery[], sends: Entered['sends']): Promise<void> {
    const { client, book, log } = this.#options;
    const sendsOf = ({ messageId }: Delivery): readonly Outgoing[] => sends.get(messageId) ?? [];
    const causes = batch.filter((delivery) => sendsOf(delivery).length > 0).map(({ messageId }) => messageId);
    try {
      await client.transact({ ack: batch, send: batch.flatMap(sendsOf) });
      if (causes.length > 0) book.forget(causes);
    } catch (error) {
      const current = batch.filter(({ epoch }) => epoch === client.epoch);
      if (stale.is(error) && current.length < batch.length) return await this.#settle(current, sends);
      if (invalid.is(error)) return await this.#settleApart(batch, sends, error.message);
      log.warn({ messages: batch.length, reason: messageOf(error) }, 'records were not acknowledged, and come again');
    }
  }

  /** An answer that no broker would take, such as one with a boundless correlation id, must not hold up the others. */
  async #settleApart(batch: readonly Delivery[], sends: Entered['sends'], reason: string): Promise<void> {
    const { book, log } = this.#options;
    const [first, ...others] = batch;
    if (others.length > 0) for (const delivery of batch) await this.#settle([delivery], sends);
    else if (first) {
      log.error({ messageId: first.messageId, reason }, 'what a message caused cannot be sent');
      book.refuse(first, reason);
      book.forget([first.messageId]);
      await this.#settle([first], new Map());
    }
  }
}
