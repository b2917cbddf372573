import { setTimeout as sleep } from 'node:timers/promises';

/** What has a connection to Redis, as BullMQ's classes. */
interface Connected {
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Milliseconds for a farewell. */
export const patience = 1_000;

/**
 * Closes it. Whoever says farewell to a Redis that is away would wait until it is back: after a while it is left without. Its
 * connection may try on then, until the process ends.
 */
export async function leave(...all: readonly Connected[]): Promise<void> {
  const closed = Promise.allSettled(all.map(async (each) => each.close()));
  if (await within(patience, closed)) return;
  for (const each of all) void each.disconnect().catch(() => undefined);
}

/** Whether it has come to its end after so many milliseconds; rejects with it. */
export async function within(milliseconds: number, ending: Promise<unknown>): Promise<boolean> {
  const ended = new AbortController();
  const over = sleep(milliseconds, false, { signal: ended.signal }).catch(() => true);
  try {
    return await Promise.race([ending.then(() => true), over]);
  } finally {
    ended.abort();
  }
}
