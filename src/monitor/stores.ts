import { open, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';

/** A folder in which something of Baton's is kept. */
export interface StoreFolder {
  readonly name: string;
  readonly folder: string;
  /** The file that an embedded broker keeps for a full disk; empty once it was needed. */
  readonly reserve?: string;
}

/** What is known of a store. */
export interface StoreFigures {
  readonly name: string;
  readonly folder: string;
  /** Bytes of its file system; absent when it does not tell. */
  readonly free?: number;
  readonly total?: number;
  /** Seconds that a small write took until it was on disk; of one that is still under way those that have passed. */
  readonly commitSeconds?: number;
  /** Why nothing can be written. */
  readonly trouble?: string;
  readonly isReserveUsed: boolean;
}

interface Measured extends Omit<StoreFigures, 'commitSeconds'> {
  readonly seconds?: number;
}

/** As much as a short transaction writes. */
const probe = Buffer.alloc(4096);
const probeName = '.commit-probe';

/** Measures the stores: their room, and how long a write takes. One that hangs holds up nothing else. */
export class StoreWatch {
  readonly #stores: readonly StoreFolder[];
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #stopping = new AbortController();
  readonly #measured = new Map<string, Measured>();
  /** Since when a write is under way. */
  readonly #since = new Map<string, number>();
  #watching: Promise<unknown> | undefined;

  /** `interval`: seconds between two looks. */
  constructor(stores: readonly StoreFolder[], clock: Clock, interval: number) {
    this.#stores = stores;
    this.#clock = clock;
    this.#interval = interval;
  }

  /** As measured last. */
  get figures(): readonly StoreFigures[] {
    return this.#stores.map(({ name, folder }) => {
      const { seconds, ...measured } = this.#measured.get(name) ?? { name, folder, isReserveUsed: false };
      const since = this.#since.get(name);
      const known = Math.max(seconds ?? 0, since === undefined ? 0 : (performance.now() - since) / 1000);
      return { ...measured, ...(seconds === undefined && known < 1 ? {} : { commitSeconds: known }) };
    });
  }

  /** Resolves when all were measured once, or after two seconds: a disk that hangs is found out later. */
  async start(): Promise<void> {
    const first = this.#stores.map(async (store) => await this.#measure(store));
    this.#watching = Promise.all(this.#stores.map(async (store, index) => await this.#watch(store, first[index])));
    const over = new AbortController();
    const patience = this.#clock.sleep(2_000, over.signal).catch(() => undefined);
    await Promise.race([Promise.all(first), patience]).finally(() => over.abort());
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
  }

  async #watch(store: StoreFolder, first: Promise<void> | undefined): Promise<void> {
    const { signal } = this.#stopping;
    await first;
    for (;;) {
      await this.#clock.sleep(this.#interval * 1000, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#measure(store);
    }
  }

  async #measure(store: StoreFolder): Promise<void> {
    this.#since.set(store.name, performance.now());
    this.#measured.set(store.name, await measure(store));
    this.#since.delete(store.name);
  }
}

async function measure({ name, folder, reserve }: StoreFolder): Promise<Measured> {
  const isReserveUsed = reserve !== undefined && (await isEmpty(reserve));
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    const room = { free: bavail * bsize, total: blocks * bsize };
    const written = await write(join(folder, probeName));
    return { name, folder, isReserveUsed, ...room, ...written };
  } catch (error) {
    return { name, folder, isReserveUsed, trouble: messageOf(error) };
  }
}

async function write(path: string): Promise<{ readonly seconds: number } | { readonly trouble: string }> {
  try {
    const started = performance.now();
    await using file = await open(path, 'w', 0o600);
    await file.write(probe);
    await file.datasync();
    return { seconds: (performance.now() - started) / 1000 };
  } catch (error) {
    return { trouble: messageOf(error) };
  } finally {
    await rm(path, { force: true }).catch(() => undefined);
  }
}

async function isEmpty(path: string): Promise<boolean> {
  return await stat(path).then(
    ({ size }) => size === 0,
    () => false,
  );
}
