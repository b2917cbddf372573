import { hostname } from 'node:os';
import { digest, type JsonObject } from '../../core/json.ts';
import type { StartedView } from '../reruns/views.ts';
import type { Site } from '../site.ts';
import type { AnnouncingSite, DispatcherAnswer } from './announcing-site.ts';
import { noAnnouncing } from './errors.ts';

/** An announcement that somebody makes by hand. */
export interface ByHand {
  readonly queue: string;
  readonly message: { readonly parameters: JsonObject } & JsonObject;
  /** The id of the run. */
  readonly run: string;
  readonly who: string;
  readonly lane?: 'live' | 'reprocessing';
  readonly priority?: number;
}

/** Seconds that a dispatcher has to answer. */
const patience = 10;
/** Seconds for the ledger to hear of a run that was accepted: then a link to it leads somewhere. */
const ledgerPatience = 2;

/** The id of the run that a key stands for: whoever sends the same twice starts one run. */
export function runOfKey(key: string, ...of: readonly string[]): string {
  return digest('by hand', key, ...of);
}

/** How this site announces. Throws `announcing.not-here`. */
export function announcingOf({ announcing }: Site): AnnouncingSite {
  if (announcing) return announcing;
  throw noAnnouncing({});
}

/** Announces, and resolves with what the dispatcher answers first. */
export async function start(site: Site, { queue, message, run, who, lane, priority }: ByHand): Promise<StartedView> {
  const headers = {
    'zocalo.go.user': who,
    'zocalo.go.host': hostname(),
    // Of all that is answered later nothing is wanted here: the ledger tells it.
    'baton-reply-by': String(site.clock.now() + patience * 1000),
    ...(lane === undefined ? {} : { 'baton-lane': lane }),
    ...(priority === undefined ? {} : { priority: String(priority) }),
  };
  const announced = { ...message, parameters: { ...message.parameters, guid: run } };
  const answer = await firstAnswer(announcingOf(site), queue, announced, headers);
  if (answer === undefined) return { run, status: 'waiting' };
  const { status, reason, next } = answer;
  // A duplicate of this very announcement was accepted a moment ago, perhaps.
  if (status === 'accepted' || (status === 'duplicate' && answer.run === run)) await known(site, answer.run);
  return {
    run: answer.run,
    status: status === 'refused' || status === 'duplicate' ? status : 'accepted',
    ...(reason === undefined ? {} : { reason }),
    ...(next === undefined ? {} : { next }),
  };
}

async function firstAnswer(
  announcing: AnnouncingSite,
  queue: string,
  message: JsonObject,
  headers: Record<string, string>,
): Promise<DispatcherAnswer | undefined> {
  const signal = AbortSignal.timeout(patience * 1000);
  try {
    for await (const answer of announcing.announce(queue, message, { headers, signal })) return answer;
    return undefined;
  } catch (error) {
    // It is safe with the broker, or waits until that is back: a dispatcher takes it when there is one.
    if (signal.aborted) return undefined;
    throw error;
  }
}

async function known({ ledger }: Site, run: string): Promise<void> {
  if (ledger.queries.summary(run)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ledgerPatience * 1000);
  const forget = ledger.events.on('run', ({ id }) => id === run && resolve());
  try {
    if (!ledger.queries.summary(run)) await promise;
  } finally {
    clearTimeout(timer);
    forget();
  }
}
