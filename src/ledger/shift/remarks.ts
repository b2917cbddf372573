import type { Store } from '../store.ts';

/** What somebody wrote for the next shift. */
export interface Remark {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly who: string;
  readonly text: string;
}

/** Remarks of shifts: they are kept for good. */
export class Remarks {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  add({ time, who, text }: Omit<Remark, 'seq'>): Remark {
    const { lastInsertRowid } = this.#store.database
      .prepare('INSERT INTO remarks (time, who, text) VALUES (?, ?, ?)')
      .run(time, who, text);
    return { seq: Number(lastInsertRowid), time, who, text };
  }

  /** Those written between two times, the earliest first. */
  between(from: number, to: number, limit: number): readonly Remark[] {
    return this.#store.database
      .prepare('SELECT * FROM remarks WHERE time >= ? AND time < ? ORDER BY time, seq LIMIT ?')
      .all(from, to, limit) as unknown as readonly Remark[];
  }
}
