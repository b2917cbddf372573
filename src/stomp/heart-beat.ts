import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';

/** How often to say something, and to hear something, at least: milliseconds, 0 for never. */
export interface HeartBeat {
  readonly send: number;
  readonly receive: number;
}

/** What the two sides agree on, from the peer's `heart-beat` header. STOMP 1.2 "Heart-beating". */
export function agreedHeartBeat(own: HeartBeat, header: string | undefined): HeartBeat {
  const [send = 0, receive = 0] = /^\d+,\d+$/.test(header ?? '') ? (header ?? '').split(',').map(Number) : [];
  return { send: slower(own.send, receive), receive: slower(own.receive, send) };
}

function slower(one: number, other: number): number {
  return one === 0 || other === 0 ? 0 : Math.max(one, other);
}

/** Beats twice in each interval, as a peer may allow no delay at all (ActiveMQ does not, by default). Ends with the signal. */
export async function beat(interval: number, clock: Clock, signal: AbortSignal, write: () => void): Promise<void> {
  while (await slept(clock, interval / 2, signal)) write();
}

/**
 * How many intervals may pass without a byte. A peer that looks once in each interval whether it wrote anything lets two
 * pass, as ActiveMQ does.
 */
export const PATIENCE = 3;

/**
 * Resolves to true when the count of bytes received stood still for so many intervals, to false with the signal.
 * It counts looks rather than reading a clock: neither a change of the time of day nor a busy process is a silence.
 */
export async function isSilent(
  interval: number,
  clock: Clock,
  signal: AbortSignal,
  received: () => number,
): Promise<boolean> {
  let seen = received();
  let still = 0;
  while (await slept(clock, interval, signal)) {
    // When this process was busy, bytes may wait unread: they are read before the next turn.
    if (received() === seen) await nextTurn();
    still = received() === seen ? still + 1 : 0;
    if (still === PATIENCE) return true;
    seen = received();
  }
  return false;
}

/** False when the signal came first. */
export async function slept(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, signal);
    return !signal.aborted;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
