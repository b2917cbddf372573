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

/** Whatever programs are called, no more are counted apart. */
const kindsAtMost = 500;

/** Counts how jobs ended. */
export class Ends {
  readonly #counts = new Map<string, { -readonly [Key in keyof EndCount]: EndCount[Key] }>();

  get counts(): readonly EndCount[] {
    return [...this.#counts.values()];
  }

  note({ backend, program, end, waited = 0, seconds = 0 }: EndedJob): void {
    const key = `${end} ${backend}\n${program}`;
    const count = this.#counts.get(key);
    if (count) {
      count.jobs += 1;
      count.waitedSeconds += waited;
      count.ranSeconds += seconds;
    } else if (this.#counts.size < kindsAtMost)
      this.#counts.set(key, { backend, program, end, jobs: 1, waitedSeconds: waited, ranSeconds: seconds });
  }
}
