import { isObject } from '../core/json.ts';
import { messageOf } from '../core/errors.ts';
import type { Config } from '../config/config.ts';
import { monitorRefused, noMonitor } from './errors.ts';

/** Where this configuration's status page is. */
export function monitorAddress({ page: { host, port } }: Config): string {
  const reachable = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

/** Asks the monitor; `path` begins with `/api/`. */
export async function askMonitor<Answer>(address: string, path: string): Promise<Answer> {
  const response = await fetch(`${address}${path}`, { signal: AbortSignal.timeout(10_000) }).catch((error: unknown) => {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw noMonitor({ address, reason: messageOf(cause) }, { cause: error });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as Answer;
  const told = isObject(body) && isObject(body['error']) ? body['error'] : {};
  throw monitorRefused({
    message:
      typeof told['message'] === 'string'
        ? told['message']
        : `${address} does not answer as a monitor: ${response.status} ${response.statusText}.`,
  });
}
