import { useSyncExternalStore } from 'react';
import { useLive } from './context.ts';

const subscribers = new Set<() => void>();
let time = Date.now();
let ticking: number | undefined;

/** The monitor's time in milliseconds, moving once a second while something on the page shows it. */
export function useNow(): number {
  const skew = useLive((live) => live.skew);
  return useSyncExternalStore(subscribe, () => time) + skew;
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
