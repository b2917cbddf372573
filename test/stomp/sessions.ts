import { expect } from 'vitest';
import { type Clock, systemClock } from '../../src/core/clock.ts';
import { Client, type ClientOptions, type Delivery, type Subscription } from '../../src/stomp/client.ts';
import type { Peer, ScriptedBroker } from './scripted-broker.ts';

/** Matches an error of that code. */
export const withCode = (code: string): unknown => expect.objectContaining({ code });

/** Time runs a hundred times as fast: for what takes seconds. */
export const hurried: Clock = { now: () => Date.now(), sleep: (ms, signal) => systemClock.sleep(ms / 100, signal) };

/** Time stands still: nothing can end by it. */
export const frozen: Clock = {
  now: () => 0,
  sleep: async (_ms, signal) => {
    await new Promise((_resolve, reject) => signal?.addEventListener('abort', reject));
  },
};

/** A client that was not started, and will try again at once. */
export function clientOf(broker: ScriptedBroker, options: Partial<ClientOptions> = {}): Client {
  const backoff = { delay: 0.001, factor: 1, maxDelay: 0.001 };
  return new Client({ address: broker.address, name: 'test', backoff, ...options });
}

/** A client and the broker's end of its first connection. */
export interface Session extends AsyncDisposable {
  readonly client: Client;
  readonly peer: Peer;
}

/** A client that is logged in. */
export async function connected(broker: ScriptedBroker, options: Partial<ClientOptions> = {}): Promise<Session> {
  const client = clientOf(broker, options);
  const [, peer] = await Promise.all([client.start(), broker.logIn()]);
  return { client, peer, [Symbol.asyncDispose]: async () => await client.stop() };
}

/** A client that is subscribed, and the promise of its first delivery. */
export interface SubscribedSession extends Session {
  readonly id: string;
  readonly delivered: Promise<Delivery>;
  readonly subscription: Subscription;
}

/** A client that is subscribed to `/queue/a`, to settle each delivery. */
export async function subscribed(broker: ScriptedBroker): Promise<SubscribedSession> {
  const session = await connected(broker);
  const first = Promise.withResolvers<Delivery>();
  const request = { destination: '/queue/a', ack: 'client-individual' } as const;
  const subscribing = session.client.subscribe(request, (delivery) => first.resolve(delivery));
  const id = await session.peer.subscribed();
  return { ...session, id, delivered: first.promise, subscription: await subscribing };
}
