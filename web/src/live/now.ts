import { useSyncExternalStore } from 'react';
import { useLive } from './context.ts';

const subscribers = new Set<() => void>();
let time = Date.now();
let ticking: number | undefined;

/** The monitor's time in milliseconds, moving once a second. It stands still while the feed is lost: what is not known does not go on. */
export function useNow(): number {
  const skew = useLive((live) => live.skew);
  const lostSince = useLive((live) => (live.connection.state === 'lost' ? live.connection.since : undefined));
  const here = useClock();
  return (lostSince ?? here) + skew;
}

/** This machine's time in milliseconds, moving once a second while something on the page shows it. */
export function useClock(): number {
  return useSyncExternalStore(subscribe, () => time);
}

function subscribe(subscriber: () => void): () => void {
  subscribers.add(subscriber);
  ticking ??= window.setInterval(tick, 1000);
  return () => {
    subscribers.delete(subscriber);
    if (subscribers.size > 0) return;
    window.clearInterval(ticking);
    ticking = undefined;
  };
}

function tick(): void {
  time = Date.now();
  for (const subscriber of subscribers) subscriber();
}
