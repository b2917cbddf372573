import { randomUUID } from 'node:crypto';
import type { Client } from '../stomp/client.ts';
import { unknown } from '../stomp/errors.ts';
import { readNews, type CancellationNews } from './cancellation-news.ts';
import { names } from './names.ts';
import type { CancellationRecord, RecordBatch } from './record.ts';

/** What the ledger said of the wish to cancel a run. */
export type CancelAnswer = Extract<CancellationNews, { readonly kind: 'answer' }>;

export interface CancelWish {
  readonly user: string;
  readonly reason?: string;
  /** False where nobody writes it into the audit: then the monitor does, as soon as the ledger hears of it. */
  readonly isAudited?: boolean;
  /** How long to wait for the ledger, in seconds. */
  readonly timeout: number;
}

/**
 * Asks the ledger to cancel runs, and resolves with its answers, by run, as soon as it has answered for all, or the time
 * is over. The wish for those that have no answer then waits in the ledger's queue.
 */
export async function cancelRuns(
  client: Client,
  runs: ReadonlySet<string>,
  { user, reason, timeout, isAudited = true }: CancelWish,
): Promise<ReadonlyMap<string, CancelAnswer>> {
  const answers = new Map<string, CancelAnswer>();
  const all = Promise.withResolvers<void>();
  const timer = setTimeout(() => all.resolve(), timeout * 1000);
  const request = { destination: client.topic(names.cancelled), ack: 'auto' } as const;
  const subscription = await client.subscribe(request, ({ body }) => {
    const news = readNews(body);
    if (news?.kind === 'answer' && runs.has(news.run)) answers.set(news.run, news);
    if (answers.size === runs.size) all.resolve();
  });
  const why = { ...(reason === undefined ? {} : { reason }), ...(isAudited ? { audited: true } : {}) };
  const records = [...runs].map((run): CancellationRecord => {
    return { kind: 'cancellation', id: randomUUID(), run, user, ...why };
  });
  const body = JSON.stringify({ records } satisfies RecordBatch);
  const ask = async (): Promise<void> => await client.send({ destination: client.queue(names.ledger), body });
  // The topic keeps nothing: an answer that was given while the connection was lost is given again for the same wish.
  const forget = client.events.on('connected', () => void ask().catch(() => undefined));
  try {
    await ask().catch((error: unknown) => {
      if (!unknown.is(error)) throw error;
    });
    await all.promise;
    return answers;
  } finally {
    clearTimeout(timer);
    forget();
    subscription.unsubscribe().catch(() => undefined);
  }
}
