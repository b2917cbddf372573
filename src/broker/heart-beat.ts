import type { Clock } from '../core/clock.ts';

/** Heart-beats are sent earlier than promised, for the wire and the timers take time too. */
const EARLY = 0.75;
/** The peer is dead when it was silent for so many of its intervals: STOMP 1.2 asks for an error margin. */
const GRACE = 2;

/** Calls the function at least as often as promised, until the signal. */
export async function beat(clock: Clock, promisedMs: number, signal: AbortSignal, send: () => void): Promise<void> {
  while (await slept(clock, promisedMs * EARLY, signal)) send();
}

/** Calls `silent` once, when nothing was heard for longer than was promised. */
export async function listen(
  clock: Clock,
  promisedMs: number,
  signal: AbortSignal,
  heard: { readonly lastAt: () => number; readonly silent: () => void },
): Promise<void> {
  const allowed = promisedMs * GRACE;
  for (let left = allowed; left > 0;) {
    if (!(await slept(clock, left, signal))) return;
    // After a commit on a slow disk timers come first: what has come until now is still to be read.
    const now = clock.now();
    await read();
    left = heard.lastAt() + allowed - now;
  }
  if (!signal.aborted) heard.silent();
}

/** Every socket that had something was read. */
async function read(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** False when the signal came first. */
export async function slept(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return await clock.sleep(milliseconds, signal).then(
    () => true,
    () => false,
  );
}
