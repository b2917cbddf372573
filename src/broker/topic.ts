import { matches } from './destination.ts';
import type { Memory } from './memory.ts';
import type { Message, Target } from './message.ts';
import type { Queue } from './queue.ts';
import type { Selector } from './selector/selector.ts';

/** Names remembered with their subscribers. */
const REMEMBERED = 1000;

/** Topics and who listens to them. Each subscriber has a queue of its own in memory, so a slow one holds up nobody. */
export class Topics {
  readonly #memory: Memory;
  readonly #subscribers = new Set<Subscriber>();
  /** Subscribers by name of the topic, forgotten whenever one comes or goes. */
  readonly #bySubject = new Map<string, readonly Subscriber[]>();

  constructor(memory: Memory) {
    this.#memory = memory;
  }

  /** Puts what is published on matching topics into the queue; the returned function ends that. */
  subscribe(subscriber: Subscriber): () => void {
    this.#subscribers.add(subscriber);
    this.#bySubject.clear();
    return () => {
      this.#subscribers.delete(subscriber);
      this.#bySubject.clear();
    };
  }

  /** The topic of that name, to send to. */
  topic(name: string, address: string): Target {
    return {
      address,
      shown: address,
      isDurable: false,
      admit: () => undefined,
      accept: (message) => this.#publish(name, message),
    };
  }

  #publish(name: string, message: Message): void {
    for (const { queue, selector, allowedBytes, onDropped } of this.#listening(name)) {
      if (selector && message.frame && !selector.takes(message.frame, false)) continue;
      queue.accept({ ...message });
      while ((queue.bytes > allowedBytes || this.#memory.isFull) && queue.dropFirst()) onDropped();
    }
  }

  #listening(name: string): readonly Subscriber[] {
    const known = this.#bySubject.get(name);
    if (known) return known;
    if (this.#bySubject.size >= REMEMBERED) this.#bySubject.clear();
    const listening = [...this.#subscribers].filter(({ pattern }) => matches(pattern, name));
    this.#bySubject.set(name, listening);
    return listening;
  }
}

/** One subscription of a topic or of a pattern of topics. */
export interface Subscriber {
  readonly pattern: string;
  readonly queue: Queue;
  /** It wants no other messages. */
  readonly selector: Selector | undefined;
  /** What may wait for it; beyond that the oldest messages are dropped. */
  readonly allowedBytes: number;
  readonly onDropped: () => void;
}
