import type { QueueView } from './api.ts';

/** So much had come into a queue by then. */
export type Sample = readonly [time: number, enqueued: number];

/** Samples kept of one queue: with more, every second is dropped. */
const samplesAtMost = 64;

/**
 * Since when, at least, the oldest message of each queue waits. No broker tells that, but all count what comes: those
 * that wait came last, so the oldest of n came when the count passed the present one less n. Where a queue is not read
 * in order, the oldest is older than that.
 */
export class OldestWaiting {
  readonly #samples: Map<string, Sample[]>;

  /** `known` is what an earlier one `knew`. */
  constructor(known: Readonly<Record<string, Sample>> = {}) {
    this.#samples = new Map(Object.entries(known).map(([name, sample]) => [name, [sample]]));
  }

  /** By queue: ms since 1970. Queues in which nothing waits are absent. */
  get since(): ReadonlyMap<string, number> {
    return new Map([...this.#samples].flatMap(([name, [first]]) => (first ? [[name, first[0]]] : [])));
  }

  /** What is worth knowing for the next one. */
  get knew(): Readonly<Record<string, Sample>> {
    return Object.fromEntries([...this.#samples].flatMap(([name, [first]]) => (first ? [[name, first]] : [])));
  }

  /** The broker has told of all its queues. */
  take(queues: readonly QueueView[], time: number): void {
    const names = new Set(queues.map(({ name }) => name));
    for (const name of this.#samples.keys()) if (!names.has(name)) this.#samples.delete(name);
    for (const queue of queues) this.#note(queue, time);
  }

  #note({ name, waiting, enqueued }: QueueView, time: number): void {
    if (waiting === 0) {
      this.#samples.delete(name);
      return;
    }
    const samples = this.#samples.get(name) ?? [];
    const last = samples.at(-1);
    // A broker that was restarted counts anew: what waits was there before.
    if (last && enqueued < last[1]) {
      this.#samples.set(name, [[samples[0]?.[0] ?? time, enqueued]]);
      return;
    }
    const gone = enqueued - waiting;
    const kept = samples.filter(([, count]) => count > gone);
    if (last?.[1] !== enqueued || kept.length === 0) kept.push([time, enqueued]);
    this.#samples.set(name, kept.length > samplesAtMost ? thinned(kept) : kept);
  }
}

/** The first stays: it is what the answer rests on. */
function thinned(samples: readonly Sample[]): Sample[] {
  return samples.filter((_, index) => index % 2 === 0);
}
