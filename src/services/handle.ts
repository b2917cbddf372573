import type { Log } from '../core/log.ts';
import { failed, type Outcome } from './outcome.ts';
import type { Processor, StepInput } from './service.ts';

/** What `handle` needs beside the step. */
export interface Handling {
  readonly key: string;
  /** Seconds. */
  readonly timeout: number;
  /** Aborted when the service stops at once. */
  readonly stopping: AbortSignal;
  readonly log: Log;
  /** Called when the handler goes on for `grace` after its time-out: then only the end of the process ends it. */
  readonly wedged: () => void;
}

/** Seconds a handler has, after its time-out, to heed its signal. */
export const grace = 5;

/** Runs the handler. An exception, a rejected promise and a time-out are accidents: they become `failed`. Resolves when the handler has ended: a message is never settled while its handler still runs. */
export async function handle(
  processor: Processor<unknown>,
  step: StepInput<unknown>,
  { key, timeout, stopping, log, wedged }: Handling,
): Promise<Outcome> {
  const expired = new AbortController();
  const timers = [after(timeout, () => expired.abort(new TimedOut(timeout))), after(timeout + grace, wedged)];
  try {
    const signal = AbortSignal.any([expired.signal, stopping]);
    return await processor.process(step, { signal, log, key });
  } catch (error) {
    return expired.signal.aborted ? failed(expired.signal.reason, 'timeout') : failed(error, 'exception');
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

/** A timer of the system counts to 24.8 days, and goes off at once when it is to wait for longer. */
function after(seconds: number, act: () => void): NodeJS.Timeout | undefined {
  return seconds * 1000 < 2 ** 31 ? setTimeout(act, seconds * 1000) : undefined;
}

class TimedOut extends Error {
  readonly code = 'timeout';
  constructor(seconds: number) {
    super(`The handler took longer than its time-out of ${seconds} s.`);
  }
}
