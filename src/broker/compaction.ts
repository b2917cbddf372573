import type { Clock } from '../core/clock.ts';
import { slept } from './heart-beat.ts';
import type { Store } from './store.ts';

/** How often the free space is looked at. */
const EVERY_MS = 10_000;
/** Between two steps, for the traffic: at 256 kB a step some 12 MB/s. */
const PAUSE_MS = 20;
/** One step takes about as long as one write. */
const STEP_PAGES = 64;
/** 16 MB that the file keeps for what comes next. */
const KEPT_PAGES = 4096;

/**
 * Gives the space of a drained backlog back to the disk, while the broker works, in small steps: once half of the file is
 * free, or the disk is full. Keeps a reserve there for when it is.
 */
export async function compact(store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  while (await slept(clock, EVERY_MS, signal)) {
    const { pages, free } = store.space();
    if (free > KEPT_PAGES && (free > pages / 2 || store.isShort)) await shrink(store, clock, signal);
    await store.keepReserve();
  }
}

async function shrink(store: Store, clock: Clock, signal: AbortSignal): Promise<void> {
  try {
    while (store.space().free > KEPT_PAGES && (await slept(clock, PAUSE_MS, signal))) store.shrink(STEP_PAGES);
    if (!signal.aborted) store.truncate();
  } catch {
    // A disk too full to write even this: the senders are told, and it is tried again.
  }
}
