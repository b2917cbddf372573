import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { letterOf } from '../../dead-letters/letter.ts';
import type { Move, Moved } from '../../dead-letters/move.ts';
import { purgeQueue } from '../../dead-letters/purge.ts';
import { deadLettersOf } from '../../dead-letters/queues.ts';
import { reinjectQueue } from '../../dead-letters/reinject.ts';
import type { KnownGroup } from '../../ledger/failures/failure-queries.ts';
import type { LetterAction, LetterActionKind } from '../../ledger/failures/failure-views.ts';
import type { FailedMessage, Failures } from '../../ledger/failures/failures.ts';
import type { Client, Delivery } from '../../stomp/client.ts';
import { nameOf } from './seen-letter.ts';
import type { Turns } from './turns.ts';

export interface DeskOptions {
  /** A connection of its own, so that letters that are held keep nothing else waiting. */
  readonly client: Client;
  readonly failures: Failures;
  readonly turns: Turns;
  /** Where letters go that are purged. */
  readonly folder: string;
  readonly clock: { now(): number };
  readonly log: Log;
}

/** What is to be done with letters of a group. */
export interface Work {
  readonly kind: LetterActionKind;
  readonly group: KnownGroup;
  readonly user: string;
  readonly reason: string;
  /** At most so many: as many as one was told of before. */
  readonly count: number;
  /** At most so many in a second. */
  readonly rate?: number;
}

/** So many that died again end a release: the cause has not gone. */
const diedAgainAtMost = 10;

/** Sends letters of a group again, or puts them away; one action a group at a time, and one a queue. */
export class LetterDesk {
  readonly #options: DeskOptions;
  readonly #running = new Map<
    number,
    { readonly action: number; readonly stop: AbortController; readonly ended: Promise<void> }
  >();

  constructor(options: DeskOptions) {
    this.#options = options;
  }

  /** What is being done with letters of the group; undefined when nothing is. */
  running(group: number): number | undefined {
    return this.#running.get(group)?.action;
  }

  /** Begins, and returns the number of the action; the group has none under way. A canary has gone when `ended` resolves. */
  begin(work: Work): { readonly action: number; readonly ended: Promise<void> } {
    const { failures } = this.#options;
    const { kind, group, user, reason } = work;
    const count = Math.min(work.count, group.view.letters);
    const action = failures.begin(group.seq, { kind, user, reason, wanted: count });
    const stop = new AbortController();
    const ended = this.#do(action, { ...work, count }, stop).finally(() => this.#running.delete(group.seq));
    this.#running.set(group.seq, { action, stop, ended });
    return { action, ended };
  }

  /** Ends an action after the transaction that is under way. False when it is not running. */
  async interrupt(group: number, action: number): Promise<boolean> {
    const running = this.#running.get(group);
    if (running?.action !== action) return false;
    running.stop.abort('interrupted');
    await running.ended;
    return true;
  }

  async stop(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { stop } of all) stop.abort('interrupted');
    await Promise.all(all.map(({ ended }) => ended));
  }

  async #do(action: number, work: Work, stop: AbortController): Promise<void> {
    const { failures, turns, log } = this.#options;
    let moved = 0;
    const problems: string[] = [];
    const stopListening = this.#stopWhenFutile(work, stop);
    try {
      for (const queue of new Set(failures.queries.places(work.group.seq).map((place) => place.queue))) {
        if (moved >= work.count || stop.signal.aborted) break;
        const came = await turns.take(queue, () => this.#empty(queue, action, work, moved, stop));
        moved += came.moved;
        problems.push(...came.left.map(({ reason }) => reason));
      }
      if (!stop.signal.aborted && moved + problems.length < work.count)
        problems.push(`${String(work.count - moved - problems.length)} were no longer there, or out of reach.`);
      failures.end(action, endOf(stop.signal), moved, [...new Set(problems)].join(' ') || undefined);
    } catch (error) {
      log.warn({ action, reason: messageOf(error) }, 'letters were not moved');
      failures.end(action, 'failed', moved, messageOf(error));
    } finally {
      stopListening();
    }
  }

  /** What was sent again and dies again shows that the cause has not gone. */
  #stopWhenFutile({ kind, group: { seq } }: Work, stop: AbortController): () => void {
    const { failures } = this.#options;
    if (kind !== 'release') return () => undefined;
    const mark = failures.queries.latest(seq);
    return failures.events.on('changed', () => {
      if (failures.queries.diedAgain(seq, mark) >= diedAgainAtMost) stop.abort('died again');
    });
  }

  async #empty(queue: string, action: number, work: Work, before: number, stop: AbortController): Promise<Moved> {
    const { client, failures, folder } = this.#options;
    const { group, user, count, rate } = work;
    let deed: number | undefined;
    const onMoved = (moved: number, deliveries: readonly Delivery[]): void => {
      const names = deliveries.map((delivery) => nameOf(letterOf(delivery)));
      if (work.kind === 'purge') deed = this.#address(work, names, deed);
      if (work.kind === 'canary') this.#watchCanary(action, deliveries[0]);
      failures.took(names);
      failures.moved(action, before + moved);
    };
    const wants = (delivery: Delivery): boolean => {
      const { run, key } = nameOf(letterOf(delivery));
      return failures.queries.openGroupOf(run, key) === group.seq;
    };
    const options: Pick<Move, 'limit' | 'rate' | 'signal' | 'wants' | 'onMoved'> = {
      ...{ limit: count - before, rate, signal: stop.signal, wants, onMoved },
    };
    const source = deadLettersOf(client, queue);
    if (work.kind === 'purge') return await purgeQueue(client, source, folder, options);
    return await reinjectQueue(client, source, () => ({ now: this.#options.clock.now(), user }), options);
  }

  /** What is put away needs nobody any more, and why stands with it. */
  #address({ group, user, reason }: Work, names: readonly FailedMessage[], deed: number | undefined): number {
    return this.#options.failures.addressThese(group.seq, names, { user, reason: `purged: ${reason}`, deed });
  }

  #watchCanary(action: number, delivery: Delivery | undefined): void {
    if (!delivery) return;
    const reinjected = (Number(delivery.headers['baton-reinjected']) || 0) + 1;
    this.#options.failures.canary(action, nameOf(letterOf(delivery)), reinjected);
  }
}

function endOf({ aborted, reason }: AbortSignal): LetterAction['state'] {
  if (!aborted) return 'ended';
  return reason === 'died again' ? 'stopped' : 'interrupted';
}
