import type { Message } from './message.ts';
import type { Selector } from './selector/selector.ts';

/** Who takes messages from a queue. */
export interface Consumer {
  /** Consumers of a lower priority are served when all of a higher one are busy. */
  readonly priority: number;
  /** As long as it is there, no other consumer is served. */
  readonly exclusive: boolean;
  /** It takes no other messages. */
  readonly selector: Selector | undefined;
  /** It has fewer messages in flight than its prefetch, and its connection takes bytes. */
  readonly isReady: boolean;
  deliver(message: Message, frame: Buffer, redelivered: boolean): void;
}

/** The consumers of a queue in the order in which they are asked: by priority, then whoever was served longest ago. */
export class Consumers {
  readonly #all: Consumer[] = [];
  #asked: readonly Consumer[] = this.#all;

  get size(): number {
    return this.#all.length;
  }

  add(consumer: Consumer): void {
    this.#insert(consumer);
    this.#choose();
  }

  remove(consumer: Consumer): void {
    const index = this.#all.indexOf(consumer);
    if (index >= 0) this.#all.splice(index, 1);
    this.#choose();
  }

  /** Tries one after the other until one was served; false when none could be. */
  serveOne(serve: (consumer: Consumer) => boolean): boolean {
    const served = this.#asked.find((consumer) => consumer.isReady && serve(consumer));
    if (served === undefined) return false;
    this.#moveBehindItsEquals(served);
    return true;
  }

  #moveBehindItsEquals(consumer: Consumer): void {
    const index = this.#all.indexOf(consumer);
    if (this.#all[index + 1]?.priority !== consumer.priority) return;
    this.#all.splice(index, 1);
    this.#insert(consumer);
  }

  #insert(consumer: Consumer): void {
    const behind = this.#all.findIndex((one) => one.priority < consumer.priority);
    this.#all.splice(behind < 0 ? this.#all.length : behind, 0, consumer);
  }

  #choose(): void {
    const exclusive = this.#all.find((consumer) => consumer.exclusive);
    this.#asked = exclusive ? [exclusive] : this.#all;
  }
}
