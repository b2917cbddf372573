import { isObject, type Json } from '../core/json.ts';
import type { Client, Outgoing } from '../stomp/client.ts';
import type { Cancellations } from './cancellations.ts';
import { names, type Destinations } from './names.ts';
import { readPauses, type Pause } from './pause.ts';
import type { Pauses } from './pauses.ts';

/** What is said on the topic `baton.cancelled`. */
export type CancellationNews =
  /** Whoever begins, or was away, asks for the whole list. */
  | { readonly kind: 'question' }
  /** The ledger tells all runs that are cancelled and have not ended, and which services are paused: nothing begins before both are known. */
  | { readonly kind: 'list'; readonly runs: readonly string[]; readonly pauses?: readonly Pause[] }
  /** The ledger's answer to who wants a run cancelled; with `unknown` it is cancelled as soon as it is announced. */
  | { readonly kind: 'answer'; readonly run: string; readonly state: CancellationState; readonly ended?: string };

/** What became of the wish to cancel a run: that of one that has ended comes too late. */
export type CancellationState = 'cancelled' | 'unknown' | 'ended';

/** The message that says it. */
export function newsMessage(news: CancellationNews, destinations: Destinations): Outgoing {
  return { destination: destinations.topic(names.cancelled), body: JSON.stringify(news) };
}

/** Reads what came on the topic; undefined for anything else. */
export function readNews(body: Buffer): CancellationNews | undefined {
  let news: Json;
  try {
    news = JSON.parse(body.toString('utf8')) as Json;
  } catch {
    return undefined;
  }
  if (!isObject(news)) return undefined;
  const { kind, run, runs, state, pauses } = news;
  const isKnown =
    kind === 'question' ||
    (kind === 'list' &&
      Array.isArray(runs) &&
      runs.every((each) => typeof each === 'string') &&
      (pauses === undefined || readPauses(pauses) !== undefined)) ||
    (kind === 'answer' && typeof run === 'string' && typeof state === 'string');
  return isKnown ? (news as unknown as CancellationNews) : undefined;
}

/**
 * Keeps the cancellations of a process, and what it knows of pauses, up to date over a client that was started: hears what the ledger tells, and asks
 * it for all whenever the connection is new, since topics keep nothing. The returned function ends that.
 */
export async function followCancellations(
  client: Client,
  cancellations: Cancellations,
  pauses?: Pauses,
): Promise<() => void> {
  const ask = (): void => {
    cancellations.asked();
    // A question that is lost with its connection is asked again over the next.
    client.send(newsMessage({ kind: 'question' }, client)).catch(() => undefined);
  };
  cancellations.expect();
  const request = { destination: client.topic(names.cancelled), ack: 'auto' } as const;
  const subscription = await client.subscribe(request, ({ body }) => hear(readNews(body), cancellations, pauses));
  const ends = [client.events.on('disconnected', () => cancellations.expect()), client.events.on('connected', ask)];
  ask();
  return () => {
    for (const end of ends) end();
    cancellations.arrived();
    subscription.unsubscribe().catch(() => undefined);
  };
}

function hear(news: CancellationNews | undefined, cancellations: Cancellations, pauses: Pauses | undefined): void {
  // Pauses first: who waits for the list goes on with the cancellations.
  if (news?.kind === 'list' && news.pauses) pauses?.replace(news.pauses);
  if (news?.kind === 'list') cancellations.replace(news.runs);
  if (news?.kind === 'answer' && news.state !== 'ended') cancellations.add(news.run);
}
