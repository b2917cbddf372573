import type { Json } from '../core/json.ts';
import { messageOf } from '../core/errors.ts';
import type { Cause, ProgramAccount } from './record.ts';

/** What goes on to the next steps. */
export interface SentOn {
  readonly kind: 'send';
  readonly channel?: string;
  readonly payload: Json;
  readonly delay?: number;
}

/** What a handler sends when it is done; all of it leaves in the transaction that acknowledges its message. */
export type Output =
  | SentOn
  | { readonly kind: 'checkpoint'; readonly payload: Json; readonly delay?: number }
  | { readonly kind: 'publish'; readonly topic: string; readonly body: Json }
  | { readonly kind: 'result'; readonly result: Json };

/** How a delivery ends: the closed set a handler chooses from. */
export type Outcome = (
  | { readonly kind: 'done'; readonly outputs: readonly Output[] }
  | { readonly kind: 'later'; readonly seconds: number; readonly reason: string }
  /** `last` goes out once it is clear that nothing is tried again. */
  | { readonly kind: 'failed'; readonly cause: Cause; readonly last?: readonly SentOn[] }
  | { readonly kind: 'rejected'; readonly cause: Cause; readonly last?: readonly SentOn[] }
  | { readonly kind: 'skipped' | 'duplicate' | 'cancelled' | 'late'; readonly cause?: Cause }
) & {
  /** What the program took that was run for it, if one was: for the ledger. */
  readonly program?: ProgramAccount;
  /** Called once it is settled: the broker has confirmed it. Not called where the process ends before. */
  readonly settled?: () => void;
};

/** The work is done; these go out. */
export function done(...outputs: readonly Output[]): Outcome {
  return { kind: 'done', outputs };
}

/** Not now: the message comes again after so many seconds, and no attempt is counted. */
export function later(seconds: number, reason: string): Outcome {
  return { kind: 'later', seconds, reason };
}

/** This attempt failed; the message comes again after the back-off while attempts are left, and `last` goes out when none is. */
export function failed(error: unknown, code = 'failed', ...last: readonly SentOn[]): Outcome {
  return { kind: 'failed', cause: causeOf(error, code), ...(last.length > 0 ? { last } : {}) };
}

/** No attempt can succeed: straight to the error links, or the dead-letter queue; and `last` goes out. */
export function rejected(reason: string, code = 'rejected', ...last: readonly SentOn[]): Outcome {
  return { kind: 'rejected', cause: { code, message: reason }, ...(last.length > 0 ? { last } : {}) };
}

/** A message over a channel of the recipe (the default channel when none is named), after an optional delay in seconds. */
export function send(payload: Json, channel?: string, delay?: number): SentOn {
  return {
    kind: 'send',
    payload,
    ...(channel === undefined ? {} : { channel }),
    ...(delay === undefined ? {} : { delay }),
  };
}

/** A message to this step itself, after an optional delay in seconds: where it stands, so that it can go on. */
export function checkpoint(payload: Json, delay?: number): Output {
  return { kind: 'checkpoint', payload, ...(delay === undefined ? {} : { delay }) };
}

/** A message to whoever listens on this topic now. */
export function publish(topic: string, body: Json): Output {
  return { kind: 'publish', topic, body };
}

/** The result of the run: to the ledger, and to the announcer's reply queue when it named one. */
export function result(value: Json): Output {
  return { kind: 'result', result: value };
}

/** What the ledger keeps of an error: its code when it has one, and its message. */
export function causeOf(error: unknown, code: string): Cause {
  return { code: ownCode(error)?.slice(0, 200) ?? code, message: messageOf(error) };
}

/** Whatever was thrown, looking at it throws nothing. */
function ownCode(error: unknown): string | undefined {
  try {
    const own = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    return typeof own === 'string' ? own : undefined;
  } catch {
    return undefined;
  }
}
