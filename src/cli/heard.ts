import { isObject, type Json } from '../core/json.ts';
import { names } from '../services/names.ts';
import type { Client } from '../stomp/client.ts';

/** Milliseconds in which whoever lives has told of itself: a heartbeat every 6 s. */
const patience = 8_000;

/**
 * Listens for a heartbeat of a service. The returned function resolves with the `host.pid` that told it first; undefined
 * when none did for longer than any that lives is silent.
 */
export async function listenFor(client: Client, service: string): Promise<() => Promise<string | undefined>> {
  const heard = Promise.withResolvers<string | undefined>();
  await client.subscribe({ destination: client.topic(names.status), ack: 'auto' }, ({ body }) => {
    const host = hostOf(body, service);
    if (host !== undefined) heard.resolve(host);
  });
  return async () => {
    const timer = setTimeout(() => heard.resolve(undefined), patience);
    try {
      return await heard.promise;
    } finally {
      clearTimeout(timer);
    }
  };
}

function hostOf(body: Buffer, service: string): string | undefined {
  try {
    const beat = JSON.parse(body.toString('utf8')) as Json;
    const { serviceclass, host } = isObject(beat) ? beat : {};
    return serviceclass === service && typeof host === 'string' ? host : undefined;
  } catch {
    return undefined;
  }
}
