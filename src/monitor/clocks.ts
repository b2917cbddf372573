/** Heartbeats by which a clock is judged: the one that was least under way tells best. */
const samplesAtMost = 5;
/** Whatever broadcasts, no more clocks are kept. */
const clocksAtMost = 1_000;
/** ms after which a clock that tells nothing more is dropped. */
const patience = 60_000;

interface Readings {
  readonly ahead: readonly number[];
  readonly time: number;
}

/** How far the clocks of hosts are ahead of this one's, by the times in what they send. */
export class Clocks {
  readonly #readings = new Map<string, Readings>();

  /** A message of that host says that it was sent at a time, and came at another. */
  note(host: string, sent: number, received: number): void {
    const before = this.#readings.get(host);
    if (!before && this.#readings.size >= clocksAtMost) return;
    const ahead = [...(before?.ahead ?? []), sent - received].slice(-samplesAtMost);
    this.#readings.set(host, { ahead, time: received });
  }

  /** In ms by host, below zero for those that are behind; a message that is long under way makes a clock seem behind. */
  ahead(now: number): ReadonlyMap<string, number> {
    for (const [host, { time }] of this.#readings) if (Math.abs(now - time) > patience) this.#readings.delete(host);
    return new Map([...this.#readings].map(([host, { ahead }]) => [host, Math.max(...ahead)]));
  }
}
