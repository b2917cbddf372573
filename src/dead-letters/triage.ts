import type { LetterView } from './letter.ts';

/** Dead letters with one cause. Times are milliseconds since 1970. */
export interface Group {
  readonly queue: string;
  readonly code: string;
  readonly step?: number;
  readonly service?: string;
  /** The hash of what the recipe was made from. */
  readonly version?: string;
  readonly count: number;
  readonly oldest: number;
  readonly newest: number;
  /** What the first of them tells. */
  readonly message: string;
}

/** Counts dead letters by queue, cause and step, and keeps none. */
export class Triage {
  readonly #groups = new Map<string, Group>();

  add(queue: string, { code, step, service, version, message, died }: LetterView): void {
    const key = JSON.stringify([queue, code, step, service, version]);
    const known = this.#groups.get(key);
    this.#groups.set(key, {
      queue,
      code,
      ...(step === undefined ? {} : { step }),
      ...(service === undefined ? {} : { service }),
      ...(version === undefined ? {} : { version }),
      count: (known?.count ?? 0) + 1,
      oldest: Math.min(known?.oldest ?? died, died),
      newest: Math.max(known?.newest ?? died, died),
      message: known?.message ?? message,
    });
  }

  /** By queue, the largest group first. */
  get groups(): readonly Group[] {
    return [...this.#groups.values()].sort((a, b) => a.queue.localeCompare(b.queue, 'en') || b.count - a.count);
  }
}
