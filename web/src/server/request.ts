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

/** What is told to the window when the monitor no longer knows who asks. */
export const loginNeeded = 'baton-login-needed';

/** Asks the monitor for JSON; rejects with a `RequestFailure` in its own words. */
export async function request<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  const answer = await fetched(path, { signal });
  if (answer.status === 401) window.dispatchEvent(new Event(loginNeeded));
  return read<Answer>(answer);
}

/** Has the monitor do something; resolves with its answer, and rejects as `request` does. */
export async function send<Answer>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  condition: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  // The header says that no other site is behind it: none can send it.
  const headers = { 'baton-request': 'page', ...(body && { 'content-type': 'application/json' }), ...condition };
  return read<Answer>(await fetched(path, { method, headers, ...(body && { body: JSON.stringify(body) }) }));
}

/** Has the monitor do something that takes time; tells each line of its answer as it comes. Resolves with the end, and rejects as `request` does. */
export async function sendForLines<Line>(path: string, body: object, tell: (line: Line) => void): Promise<void> {
  const headers = { 'baton-request': 'page', 'content-type': 'application/json' };
  const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) }).catch(() => {
    throw new RequestFailure(
      0,
      'The monitor does not answer.',
      'Nothing was begun, or nobody knows: look at the runs.',
    );
  });
  const { ok, status, statusText } = response;
  if (!ok || response.body === null) {
    read({ status, statusText, body: await response.json().catch(() => undefined) });
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + part.value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tell(JSON.parse(line) as Line);
  }
}

interface Fetched {
  readonly status: number;
  readonly statusText: string;
  readonly body: unknown;
}

async function fetched(path: string, options: RequestInit): Promise<Fetched> {
  try {
    const response = await fetch(path, { ...options, headers: { accept: 'application/json', ...options.headers } });
    const { status, statusText } = response;
    return { status, statusText, body: status === 204 ? {} : await response.json().catch(() => undefined) };
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    throw new RequestFailure(0, 'The monitor does not answer.', 'The page asks again as soon as its feed is back.');
  }
}

function read<Answer>({ status, statusText, body }: Fetched): Answer {
  if (status >= 200 && status < 300 && body !== undefined) return body as Answer;
  const error = isErrorAnswer(body) ? body.error : undefined;
  throw new RequestFailure(
    status,
    error?.message ?? `The monitor answered ${status} ${statusText}.`,
    error?.next ?? 'Reload the page; look at the log of the monitor if that does not help.',
  );
}

function isErrorAnswer(body: unknown): body is ErrorAnswer {
  return isObject(body) && isObject(body['error']) && typeof body['error']['message'] === 'string';
}
