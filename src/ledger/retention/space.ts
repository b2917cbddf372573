import type { DatabaseSync, StatementSync } from 'node:sqlite';

/** Empty pages that the file keeps, 8 MB: what comes next is written there, and the file need not grow and shrink. */
const reserve = 1_000;
/** Pages given back at once: some 0.1 ms. */
const atOnce = 8;

/** The pages of a store's file. */
export class Space {
  readonly #pages: StatementSync;
  readonly #free: StatementSync;
  readonly #giveBack: StatementSync;
  readonly #pageSize: number;

  constructor(database: DatabaseSync) {
    this.#pages = database.prepare('PRAGMA page_count');
    this.#free = database.prepare('PRAGMA freelist_count');
    this.#giveBack = database.prepare(`PRAGMA incremental_vacuum(${String(atOnce)})`);
    this.#pageSize = Number(database.prepare('PRAGMA page_size').get()?.['page_size']);
  }

  /** Bytes in use, without what is empty in the file. */
  get used(): number {
    return (Number(this.#pages.get()?.['page_count']) - this.#freePages()) * this.#pageSize;
  }

  /** Gives empty pages back to the file system until then (by `performance.now()`); true when there are more. */
  giveBack(end: number): boolean {
    while (this.#freePages() > reserve) {
      // One row for each page.
      this.#giveBack.all();
      if (performance.now() > end) return true;
    }
    return false;
  }

  #freePages(): number {
    return Number(this.#free.get()?.['freelist_count']);
  }
}
