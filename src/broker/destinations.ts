import type { FrameCache } from './cache.ts';
import { matches, queueAddress, type Destination } from './destination.ts';
import { destinationGone, memoryFull, queueFull } from './errors.ts';
import type { BrokerLimits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Target } from './message.ts';
import { Queue, type QueueHost, type QueueNames } from './queue.ts';
import type { Store } from './store.ts';
import { Topics } from './topic.ts';

/** What destinations are made with. */
export interface DestinationOptions {
  readonly store: Store;
  readonly cache: FrameCache;
  readonly memory: Memory;
  readonly host: QueueHost;
  readonly limits: BrokerLimits;
}

/** All queues, topics and temporary queues by their names. They come into being when they are first named. */
export class Destinations {
  readonly topics: Topics;
  readonly #options: DestinationOptions;
  readonly #queues = new Map<string, Queue>();
  readonly #followers = new Set<{ readonly pattern: string; readonly found: (queue: Queue) => void }>();
  readonly #temporaries = new Map<string, Queue>();

  constructor(options: DestinationOptions) {
    this.#options = options;
    this.topics = new Topics(options.memory);
  }

  /** The durable queues that were named since the start or have messages. */
  queues(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known) return known;
    const { store, host } = this.#options;
    const address = queueAddress(name);
    const queue = new Queue({ name, address, shown: address }, host, { ...this.#options, shelf: store.shelf(address) });
    this.#queues.set(name, queue);
    for (const { pattern, found } of this.#followers) if (matches(pattern, name)) found(queue);
    return queue;
  }

  /** Tells of each durable queue that the pattern stands for, those that come later too; the returned function ends that. */
  follow(pattern: string, found: (queue: Queue) => void): () => void {
    const follower = { pattern, found };
    this.#followers.add(follower);
    for (const [name, queue] of this.#queues) if (matches(pattern, name)) found(queue);
    return () => void this.#followers.delete(follower);
  }

  /** A queue in memory, which only its maker knows. */
  privateQueue(names: QueueNames): Queue {
    return new Queue(names, this.#options.host, this.#options);
  }

  /** A queue in memory to which others send by its address, until it is closed. */
  openTemporary(names: QueueNames): Queue {
    const queue = this.privateQueue(names);
    this.#temporaries.set(queue.address, queue);
    return queue;
  }

  closeTemporary(queue: Queue): void {
    this.#temporaries.delete(queue.address);
    queue.discard();
  }

  /** Where a SEND to this destination goes. */
  target({ kind, name, text }: Destination): Target {
    if (kind === 'queue') return this.queue(name);
    if (kind === 'topic') return this.topics.topic(name, text);
    return this.temporary(text);
  }

  /** A temporary queue by its address. Whether it is still there is asked when a message is to go to it. */
  temporary(address: string): Target {
    const find = (): Queue | undefined => this.#temporaries.get(address);
    const { memory, limits } = this.#options;
    const allowed = limits.temporaryBytes;
    return {
      address,
      shown: find()?.shown ?? address,
      isDurable: false,
      admit: () => {
        const queue = find();
        if (queue === undefined) throw destinationGone({ destination: address });
        if (queue.bytes > allowed) throw queueFull({ destination: address, allowed });
        if (memory.isFull) throw memoryFull({ allowed: memory.allowed });
      },
      accept: (message) => find()?.accept(message),
    };
  }
}
