import type { Work } from './moments.ts';

/** Without any answer for so long (ms), the run is over, whatever is missing: a part that dies again and again waits up to half a minute each time. */
const patience = 180_000;

/** Aborted, and told, when nothing comes any more; disposed when that does not matter any more. */
export function stalledWhenSilent(work: Work, giveUp: () => void): Disposable & { readonly signal: AbortSignal } {
  const stalled = new AbortController();
  const over = (): void => {
    giveUp();
    stalled.abort(new Error('nothing comes any more'));
  };
  let timer = setTimeout(over, patience);
  const end = work.events.on('progress', () => {
    clearTimeout(timer);
    timer = setTimeout(over, patience);
  });
  return {
    signal: stalled.signal,
    [Symbol.dispose]: () => {
      end();
      clearTimeout(timer);
    },
  };
}
