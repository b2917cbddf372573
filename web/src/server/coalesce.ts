/** A task that is asked for often and done seldom: one at a time, with a pause after each; what is asked meanwhile is done once, afterwards. */
export interface Coalesced {
  touch(): void;
  stop(): void;
}

/** The task must not reject; its signal is aborted by `stop`. The pause is in milliseconds. */
export function coalesce(task: (signal: AbortSignal) => Promise<void>, pause: number): Coalesced {
  const abort = new AbortController();
  let busy = false;
  let asked = false;

  const run = async (): Promise<void> => {
    busy = true;
    asked = false;
    await task(abort.signal);
    setTimeout(() => {
      busy = false;
      if (asked && !abort.signal.aborted) void run();
    }, pause);
  };

  return {
    touch: () => {
      asked = true;
      if (!busy && !abort.signal.aborted) void run();
    },
    stop: () => {
      abort.abort();
    },
  };
}
