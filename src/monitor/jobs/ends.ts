import type { EndedJob, JobEnd } from '../../services/jobs/job-message.ts';

/** How jobs of a kind ended, since the monitor started. */
export interface EndCount {
  readonly backend: string;
  readonly program: string;
  readonly end: JobEnd;
  readonly jobs: number;
  /** Over all of them. */
  readonly waitedSeconds: number;
  readonly ranSeconds: number;
}

/** How many of a program waited, and ran, no longer than each of `spans`. */
export interface Spread {
  readonly waited: readonly number[];
  readonly ran: readonly number[];
}

/** Seconds: each but the last is an upper end. */
export const spans: readonly number[] = [1, 10, 60, 600, 3_600, 21_600, Infinity];

/** Whatever programs are called, no more are counted apart. */
const kindsAtMost = 500;

/** Counts how jobs ended. */
export class Ends {
  readonly #counts = new Map<string, { -readonly [Key in keyof EndCount]: EndCount[Key] }>();
  readonly #spreads = new Map<string, { readonly waited: number[]; readonly ran: number[] }>();

  get counts(): readonly EndCount[] {
    return [...this.#counts.values()];
  }

  /** By program, of those that began. */
  get spreads(): ReadonlyMap<string, Spread> {
    return this.#spreads;
  }

  note(ended: EndedJob): void {
    this.#count(ended);
    this.#spread(ended);
  }

  #count({ backend, program, end, waited = 0, seconds = 0 }: EndedJob): void {
    const key = `${end} ${backend}\n${program}`;
    const count = this.#counts.get(key);
    if (count) {
      count.jobs += 1;
      count.waitedSeconds += waited;
      count.ranSeconds += seconds;
    } else if (this.#counts.size < kindsAtMost)
      this.#counts.set(key, { backend, program, end, jobs: 1, waitedSeconds: waited, ranSeconds: seconds });
  }

  #spread({ program, waited, seconds }: EndedJob): void {
    if (waited === undefined || seconds === undefined) return;
    const known = this.#spreads.get(program);
    if (!known && this.#spreads.size >= kindsAtMost) return;
    const spread = known ?? { waited: spans.map(() => 0), ran: spans.map(() => 0) };
    this.#spreads.set(program, spread);
    for (const [index, span] of spans.entries()) {
      if (waited <= span) spread.waited[index] = (spread.waited[index] ?? 0) + 1;
      if (seconds <= span) spread.ran[index] = (spread.ran[index] ?? 0) + 1;
    }
  }
}
