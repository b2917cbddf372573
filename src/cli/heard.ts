import { isObject, type Json } from '../core/json.ts';
import { names } from '../services/names.ts';
import { status } from '../services/status.ts';
import type { Client } from '../stomp/client.ts';

/** What a service was last heard to say of itself. */
export interface Heard {
  /** `host.pid`. */
  readonly host: string;
  readonly service: string;
  readonly state: 'ended' | 'ending' | 'goes on';
}

/** Milliseconds in which whoever lives has told of itself: a heartbeat every 6 s. */
const patience = 8_000;

/** Listens to the heartbeats of the services that are meant, from now on. */
export async function listenTo(
  client: Client,
  isMeant: (one: { readonly host: string; readonly serviceClass: string }) => boolean,
): Promise<Listener> {
  const listener = new Listener();
  await client.subscribe({ destination: client.topic(names.status), ack: 'auto' }, ({ body }) => {
    const beat = parsed(body);
    const { host, serviceclass, status: code } = isObject(beat) ? beat : {};
    if (typeof host !== 'string' || typeof serviceclass !== 'string' || serviceclass === '') return;
    if (isMeant({ host, serviceClass: serviceclass }))
      listener.hear({ host, service: serviceclass, state: stateOf(code) });
  });
  return listener;
}

/** Those that were heard, by host and service. */
class Listener {
  readonly #heard = new Map<string, Heard>();
  #news = Promise.withResolvers<void>();

  hear(one: Heard): void {
    this.#heard.set(`${one.host} ${one.service}`, one);
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Everybody who lives, once they have had the time to tell; and after that for as long as some are ending, up to a number of seconds. */
  async all(seconds: number): Promise<readonly Heard[]> {
    const till = performance.now() + seconds * 1000;
    await pause(Math.min(patience, seconds * 1000));
    const isEnding = (): boolean => [...this.#heard.values()].some(({ state }) => state === 'ending');
    while (isEnding() && performance.now() < till)
      await Promise.race([this.#news.promise, pause(till - performance.now())]);
    return [...this.#heard.values()].sort((a, b) => (`${a.service} ${a.host}` < `${b.service} ${b.host}` ? -1 : 1));
  }
}

function stateOf(code: Json | undefined): Heard['state'] {
  if (code === status.end || code === status.teardown) return 'ended';
  return code === status.shutdown ? 'ending' : 'goes on';
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}

function parsed(body: Buffer): Json {
  try {
    return JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return null;
  }
}
