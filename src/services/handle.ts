import type { Log } from '../core/log.ts';
import type { Cancellations } from './cancellations.ts';
import type { Guard } from './guard.ts';
import { failed, type Outcome, type SentOn } from './outcome.ts';
import type { Processor, StepInput, Tools } from './service.ts';

/** What `handle` needs beside the step. */
export interface Handling {
  readonly key: string;
  /** Seconds. */
  readonly timeout: number;
  /** Aborted when the service stops at once. */
  readonly stopping: AbortSignal;
  readonly cancellations: Cancellations;
  readonly guard: Pick<Guard, 'aside'>;
  /** The handler's own logger; made only when it is asked for. */
  log(): Log;
  /** Sends on while the handler works. */
  tell(outputs: readonly SentOn[], signal: AbortSignal): Promise<void>;
  /** Called when the handler goes on for `grace` after its time-out: then only the end of the process ends it. */
  wedged(): void;
}

/** Seconds a handler has, after its time-out, to heed its signal. */
export const grace = 5;

/**
 * Runs the handler. An exception, a rejected promise and a time-out are accidents: they become `failed`. Whatever comes
 * of a run that was cancelled meanwhile is `cancelled`. The outcome is there, or its promise resolves, when the handler has
 * ended: a message is never settled while its handler still runs. Never rejects.
 */
export function handle(
  processor: Processor<unknown>,
  step: StepInput<unknown>,
  handling: Handling,
): Outcome | Promise<Outcome> {
  const tools = new HandlerTools(handling);
  try {
    const answer = processor.process(step, tools);
    return isPromise(answer) ? awaited(answer, step.run, tools, handling) : unlessCancelled(answer, step.run, handling);
  } catch (error) {
    return accident(error, step.run, tools, handling);
  }
}

async function awaited(
  answer: Promise<Outcome>,
  run: string,
  tools: HandlerTools,
  handling: Handling,
): Promise<Outcome> {
  try {
    return unlessCancelled(await watched(answer, run, tools, handling), run, handling);
  } catch (error) {
    return accident(error, run, tools, handling);
  }
}

function unlessCancelled(outcome: Outcome, run: string, { cancellations }: Handling): Outcome {
  return cancellations.has(run) ? cancelled(outcome) : outcome;
}

function accident(error: unknown, run: string, { aborted }: HandlerTools, { cancellations }: Handling): Outcome {
  if (cancellations.has(run)) return { kind: 'cancelled' };
  return aborted ? failed(aborted, 'timeout') : failed(error, 'exception');
}

/** What a program took is kept all the same. */
function cancelled({ program, settled }: Outcome): Outcome {
  return { kind: 'cancelled', ...(program ? { program } : {}), ...(settled ? { settled } : {}) };
}

/** Of any library. What a handler in plain JavaScript returns may be anything. */
function isPromise(answer: Outcome | Promise<Outcome>): answer is Promise<Outcome> {
  return typeof (answer as Partial<Promise<Outcome>> | undefined)?.then === 'function';
}

/** The answer of a handler that takes its time, which ends when its time is over or its run is cancelled. */
async function watched(
  answer: Promise<Outcome>,
  run: string,
  tools: HandlerTools,
  handling: Handling,
): Promise<Outcome> {
  const { timeout } = handling;
  const timers = [
    after(timeout, () => tools.abort(new TimedOut(timeout))),
    after(timeout + grace, () => handling.wedged()),
  ];
  const unwatch = handling.cancellations.watch((cancelled) => cancelled === run && tools.abort(new RunCancelled(run)));
  try {
    return await answer;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    unwatch();
  }
}

/** Made when a handler asks for them: most of those that end at once ask for none, and signal and logger cost more than the rest of a step. */
class HandlerTools implements Tools {
  readonly #handling: Handling;
  #ending: AbortController | undefined;
  #signal: AbortSignal | undefined;
  #log: Log | undefined;
  /** Why it was told to end. */
  aborted: Error | undefined;

  constructor(handling: Handling) {
    this.#handling = handling;
  }

  get key(): string {
    return this.#handling.key;
  }

  get signal(): AbortSignal {
    this.#ending ??= new AbortController();
    if (this.aborted) this.#ending.abort(this.aborted);
    return (this.#signal ??= AbortSignal.any([this.#ending.signal, this.#handling.stopping]));
  }

  get log(): Log {
    return (this.#log ??= this.#handling.log());
  }

  /** Getters, so that a handler may take its tools apart. */
  get tell(): Tools['tell'] {
    return async (...outputs) => this.#handling.tell(outputs, this.signal);
  }

  get aside(): Tools['aside'] {
    return async (what) => this.#handling.guard.aside(what);
  }

  abort(reason: Error): void {
    this.aborted ??= reason;
    this.#ending?.abort(reason);
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

/** Why a handler's signal is aborted when its run was cancelled. */
class RunCancelled extends Error {
  readonly code = 'cancelled';
  constructor(run: string) {
    super(`The run ${run} was cancelled.`);
  }
}
