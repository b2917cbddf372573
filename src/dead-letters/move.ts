import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import { names } from '../services/names.ts';
import type { LedgerRecord, RecordBatch } from '../services/record.ts';
import { isRefusal } from '../services/settler.ts';
import type { Client, Delivery, Outgoing } from '../stomp/client.ts';
import { invalid, stale, unknown } from '../stomp/errors.ts';
import { uncounted } from './errors.ts';
import { Inflow } from './inflow.ts';
import { heldAtMost } from './look.ts';
import { countOf } from './queues.ts';

/** Messages in one transaction: few, so that live traffic gets its turn in between. */
const batchSize = 25;
/** Milliseconds. */
const longestPause = 200;
/** Messages that cannot leave, after which the rest is not tried: something is wrong with all of them. */
const leftAtMost = 20;

/** What leaves with the acknowledgement of one message; or why it has to stay. */
export type Leaving = { readonly send?: Outgoing; readonly record?: LedgerRecord } | { readonly stays: string };

export interface Move {
  readonly client: Client;
  /** The destination that is emptied. */
  readonly source: string;
  /** At most so many; all that were there at the beginning where nothing is said. */
  readonly limit?: number | undefined;
  /** Ends it after the transaction that is under way. */
  readonly signal: AbortSignal;
  /** What becomes of these messages. What it writes to disk must be safe there when it returns: they are acknowledged then. */
  readonly decide: (deliveries: readonly Delivery[]) => readonly Leaving[];
  /** Which of them are meant; the others keep their places. All where absent. */
  readonly wants?: ((delivery: Delivery) => boolean) | undefined;
  /** At most so many in a second. */
  readonly rate?: number | undefined;
  /** Told after each transaction that the broker has confirmed: how many have left so far, and which in this one. */
  readonly onMoved?: ((moved: number, deliveries: readonly Delivery[]) => void) | undefined;
}

/** What came of it. */
export interface Moved {
  readonly moved: number;
  /** Messages that are still in the queue, and why. */
  readonly left: readonly { readonly id: string; readonly reason: string }[];
  readonly interrupted: boolean;
}

/**
 * Takes messages out of a queue: each leaves in the transaction that acknowledges it, or stays. It may be killed at any
 * moment. What dies again meanwhile comes to the end of the queue, and is not taken a second time.
 */
export async function move(options: Move): Promise<Moved> {
  const { client, source, limit = Number.POSITIVE_INFINITY, signal, wants, onMoved } = options;
  const there = await countOf(client, source);
  if (there === undefined && (limit === Number.POSITIVE_INFINITY || wants)) throw uncounted({ queue: source });
  const goal = Math.min(limit, there ?? limit);
  const left = new Map<string, string>();
  /** Acknowledged in a transaction of which nobody knows whether it happened; those that come again were not. */
  const unsure = new Set<string>();
  const atOnce = Math.min(batchSize, options.rate ?? batchSize);
  let moved = 0;
  let alone = 0;
  await using inflow = await Inflow.open(client, source, wants && { wants, holds: Math.min(there ?? 0, heldAtMost) });
  const isOver = (): boolean => moved + left.size + inflow.passed >= (there ?? goal);
  while (moved + left.size < goal && left.size < leftAtMost && !signal.aborted) {
    const open = goal - moved - left.size - unsure.size;
    const came = await inflow.next(alone > 0 || open < 1 ? 1 : Math.min(atOnce, open), signal, isOver);
    const [first] = came;
    // Messages that come again come first: if another is the first, what was unsure has happened.
    if (!first || (open < 1 && !unsure.has(first.messageId))) break;
    for (const { messageId } of came) unsure.delete(messageId);
    const batch = came.filter(({ messageId }) => !left.has(messageId));
    alone -= 1;
    const began = performance.now();
    try {
      const leaving = await settle(batch, options);
      for (const [id, reason] of leaving.stay) left.set(id, reason);
      moved += leaving.left.length;
      onMoved?.(moved, leaving.left);
      await pause(performance.now() - began, batch.length, options);
    } catch (error) {
      if (unknown.is(error)) for (const { messageId } of batch) unsure.add(messageId);
      else if (isRefusal(error) && batch.length > 1) alone = batch.length;
      else if (isRefusal(error)) left.set(batch[0]?.messageId ?? '', messageOf(error));
      else if (!stale.is(error)) throw error;
      // After any other failure the connection is gone, and they come again.
      if (invalid.is(error) && batch.length > 1) inflow.putBack(batch);
    }
  }
  const interrupted = signal.aborted && moved + unsure.size + left.size < goal;
  return { moved: moved + unsure.size, left: [...left].map(([id, reason]) => ({ id, reason })), interrupted };
}

/** As long as the last transaction took: half of the broker's time is left to live traffic, and more when it is slow. */
async function pause(took: number, count: number, { rate, signal }: Pick<Move, 'rate' | 'signal'>): Promise<void> {
  const due = rate === undefined ? 0 : (count / rate) * 1000 - took;
  await sleep(Math.max(due, Math.min(took, longestPause)), undefined, { signal }).catch(() => undefined);
}

/** Acknowledges in one transaction all that may leave. */
async function settle(
  batch: readonly Delivery[],
  { client, decide }: Move,
): Promise<{ readonly left: readonly Delivery[]; readonly stay: readonly (readonly [string, string])[] }> {
  const decided = decide(batch).map((leaving, index) => ({ leaving, delivery: batch[index] }));
  const going = decided.flatMap(({ leaving, delivery }) =>
    delivery && !('stays' in leaving) ? [{ ...leaving, delivery }] : [],
  );
  const stay = decided.flatMap(({ leaving, delivery }) =>
    delivery && 'stays' in leaving ? [[delivery.messageId, leaving.stays] as const] : [],
  );
  await client.transact({
    ack: going.map(({ delivery }) => delivery),
    send: sends(going, client),
  });
  return { left: going.map(({ delivery }) => delivery), stay };
}

/** All that leaves, and one message of records to the ledger. */
export function sends(
  leaving: readonly { readonly send?: Outgoing; readonly record?: LedgerRecord }[],
  client: Client,
): readonly Outgoing[] {
  const records = leaving.flatMap(({ record }) => record ?? []);
  const batch: RecordBatch = { records };
  const ledger = { destination: client.queue(names.ledger), body: JSON.stringify(batch) };
  return [...leaving.flatMap(({ send }) => send ?? []), ...(records.length > 0 ? [ledger] : [])];
}
