/** A count, as it stood at a time (ms since 1970). */
export type Reading = readonly [time: number, count: number];

/** Ten minutes: what came in them is news. */
const span = 600_000;
/** ms between two readings that are kept. */
const resolution = 10_000;

/** By how much a count that only grows has grown within the last ten minutes. */
export class Rise {
  #readings: Reading[];

  /** `known` is what an earlier one `knew`. */
  constructor(known: readonly Reading[] = []) {
    this.#readings = [...known];
  }

  get knew(): readonly Reading[] {
    return this.#readings;
  }

  /** Takes the count of now. */
  take(time: number, count: number): number {
    const last = this.#readings.at(-1);
    // It counts anew, or the clock was put back.
    if (last && (count < last[1] || time < last[0])) this.#readings = [];
    // One from before the span stays, as what the count began with.
    const from = this.#readings.findLastIndex((reading) => reading[0] <= time - span);
    if (from > 0) this.#readings.splice(0, from);
    const first = this.#readings[0] ?? [time, count];
    const latest = this.#readings.at(-1);
    if (!latest || time - latest[0] >= resolution) this.#readings.push([time, count]);
    return count - first[1];
  }
}
