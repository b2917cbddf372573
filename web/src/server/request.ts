import type { ErrorAnswer } from '../../../src/monitor/api.ts';
import { isObject } from './types.ts';

/** A question to the monitor that got no good answer: what was wrong, and what to do. */
export class RequestFailure extends Error {
  /** HTTP's status; 0 when no answer came at all. */
  readonly status: number;
  readonly next: string;

  constructor(status: number, message: string, next: string) {
    super(message);
    this.name = 'RequestFailure';
    this.status = status;
    this.next = next;
  }
}

/** Asks the monitor for JSON; rejects with a `RequestFailure` in its own words. */
export async function request<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal, headers: { accept: 'application/json' } }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new RequestFailure(0, 'The monitor does not answer.', 'The page asks again as soon as its feed is back.');
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as Answer;
  const error = isErrorAnswer(body) ? body.error : undefined;
  throw new RequestFailure(
    response.status,
    error?.message ?? `The monitor answered ${response.status} ${response.statusText}.`,
    error?.next ?? 'Reload the page; look at the log of the monitor if that does not help.',
  );
}

function isErrorAnswer(body: unknown): body is ErrorAnswer {
  return isObject(body) && isObject(body['error']) && typeof body['error']['message'] === 'string';
}
