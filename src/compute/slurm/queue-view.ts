import type { SlurmTools } from './tools.ts';

/** A job as Slurm has it. */
export interface SlurmJob {
  /** In Slurm's words: `PENDING`, `RUNNING`, … */
  readonly state: string;
  readonly reason: string;
  readonly node: string;
}

/** All jobs that wait or run, of one look. */
export class QueueView {
  readonly #jobs = new Map<string, SlurmJob>();
  readonly #waiting = new Map<string, { readonly ranges: readonly Range[]; readonly job: SlurmJob }[]>();

  /** Reads what `squeue` says. */
  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [name = '', state = '', reason = '', node = ''] = line.split('|');
      const job = { state, reason, node };
      const [, array = '', indices] = /^(\d+)_\[([\d,-]*)/.exec(name) ?? [];
      if (indices === undefined) this.#jobs.set(name, job);
      else this.#waiting.set(array, [...(this.#waiting.get(array) ?? []), { ranges: rangesIn(indices), job }]);
    }
  }

  /** The job of that name; undefined for one that neither waits nor runs. */
  job(name: string): SlurmJob | undefined {
    const [array = '', index = ''] = name.split('_');
    const isAmong = ([first, last]: Range): boolean => first <= Number(index) && Number(index) <= last;
    return this.#jobs.get(name) ?? this.#waiting.get(array)?.find(({ ranges }) => ranges.some(isAmong))?.job;
  }
}

/** Slurm's name of a job: `123`, or, where the number is that of an array, `123_4`. */
export function nameOf(number: string, index: number): string {
  return number.endsWith('_') ? `${number}${index}` : number;
}

const queueFormat = '--format=%i|%T|%r|%N';

/** Looks at all jobs of this account. Those of an array that wait are one line. */
export async function lookAtQueue(tools: SlurmTools): Promise<QueueView> {
  const account = String(process.getuid?.());
  return new QueueView(await tools.run('squeue', ['--noheader', `--users=${account}`, queueFormat]));
}

type Range = readonly [first: number, last: number];

/** `0-3,7` */
function rangesIn(text: string): readonly Range[] {
  return text.split(',').map((part) => {
    const [first, last = first] = part.split('-').map(Number);
    return [first ?? 0, last ?? 0];
  });
}

/** `0-3,7`, of numbers in any order. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
