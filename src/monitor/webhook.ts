import { request as plain } from 'node:http';
import { request as secure } from 'node:https';

/** Where something is posted to. */
export interface Webhook {
  /** http or https. It may hold a secret, and is never logged. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds for the whole of it. */
  readonly timeout: number;
}

/**
 * Posts JSON and resolves when it was taken (2xx); rejects with what a person can act upon. It goes where the address
 * says and nowhere else: redirections are not followed, and of the answer no more than its status is read.
 */
export async function post({ url, headers, timeout }: Webhook, body: string, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(timeout * 1000);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const send = new URL(url).protocol === 'https:' ? secure : plain;
  const outgoing = send(url, {
    method: 'POST',
    agent: false,
    signal: AbortSignal.any([late, signal]),
    headers: {
      ...headers,
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      connection: 'close',
    },
  });
  outgoing.on('response', (response) => {
    response.on('error', () => undefined).destroy();
    resolve(response.statusCode ?? 0);
  });
  outgoing.on('error', (error) => reject(late.aborted ? new Error(`no answer within ${String(timeout)} s`) : error));
  outgoing.end(body);
  const status = await promise;
  if (status >= 200 && status < 300) return;
  if (status >= 300 && status < 400) throw new Error(`status ${String(status)}: redirections are not followed`);
  throw new Error(`status ${String(status)}`);
}
