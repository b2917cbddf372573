import type { Clock } from '../core/clock.ts';
import type { Received } from './received.ts';
import type { Closing, Closure, Closures } from './closures.ts';
import type { Task } from './task.ts';

/** The messages of one run (and one `by` value) that one join step collects. */
export interface Join {
  readonly key: string;
  /** By message key: a duplicate counts once. */
  readonly members: ReadonlyMap<string, Task>;
  readonly count: number;
}

/** What became of a message that came for a join. */
export type Admission = 'held' | 'duplicate' | 'late';

/** ms that a join stays open at least after its first member came: after a restart past the deadline, all that the broker still holds is to come first. */
const settleTime = 2_000;
/** ms after which somebody is asked whether a join that is still open has closed elsewhere. */
const curiosity = 5_000;

/**
 * Holds the members of open joins, unacknowledged, until a join is complete, one of its members arrived over an error
 * link and all others are there, or its deadline passes. The deadline counts from when its first member was sent, which
 * the message itself tells: it survives restarts.
 *
 * A join closes once. When its members come again all the same (their settlement did not happen, or put them off), it
 * closes again as it did, with the same members, as soon as they are all there.
 */
export class Joins {
  readonly #open = new Map<string, OpenJoin>();
  /** Closed, and being settled. */
  readonly #closing = new Map<string, Closure>();
  readonly #closures: Closures;
  readonly #clock: Clock;
  readonly #close: (join: Join, closing: Closing) => void;
  readonly #ask: (join: Join) => void;

  /** `close` is told a join that closes; `ask`, one that may have closed elsewhere. */
  constructor(
    closures: Closures,
    clock: Clock,
    close: (join: Join, closing: Closing) => void,
    ask: (join: Join) => void,
  ) {
    this.#closures = closures;
    this.#clock = clock;
    this.#close = close;
    this.#ask = ask;
  }

  /** Admits a member; the last one closes its join. */
  admit(task: Task, key: string, policy: { readonly count: number; readonly timeout: number }): Admission {
    const { key: messageKey, sent, attempt, deferral, reinjected } = task.message;
    const member = memberId(task.message);
    const closing = this.#closing.get(key);
    if (closing) return closing.members.has(member) ? 'duplicate' : 'late';
    const known = this.#open.get(key);
    let closure = known ? known.closure : this.#closures.of(key);
    if (!known && closure && isReborn(closure, member, reinjected)) {
      this.#closures.reopened(key);
      closure = undefined;
    }
    if (closure && (closure.isSettled || !closure.members.has(member))) return 'late';
    const open = known ?? this.#begin(key, policy.count, closure);
    const held = open.members.get(messageKey)?.message.delivery.messageId;
    if (held !== undefined && held !== task.message.delivery.messageId) return 'duplicate';
    open.members.set(messageKey, task);
    // The same message over the next connection: only this delivery of it can be settled.
    if (held !== undefined) return 'held';
    // All members of one that has closed are with the broker, parked perhaps: there is time for them to come again. Where
    // another host closed it, they tell by having been put off.
    const wasPutOff = closure !== undefined || attempt > 1 || deferral > 0;
    const waited = Math.max(0, this.#clock.now() - sent);
    this.#expect(open, (wasPutOff ? open.opened : performance.now() - waited) + policy.timeout * 1000);
    if (open.members.size >= (closure?.members.size ?? open.count))
      this.#end(open, closure?.closing ?? (hasMissing(open) ? 'missing' : 'complete'));
    return 'held';
  }

  /** The join is settled, for good or to be tried again with the same members. */
  settled(key: string): void {
    this.#closing.delete(key);
  }

  /** Takes the open joins of a run out, with all that they hold: they never close. */
  release(run: string): readonly Join[] {
    const released = [...this.#open.values()].filter((open) =>
      [...open.members.values()].some((task) => task.run === run),
    );
    for (const open of released) this.#takeOut(open);
    return released;
  }

  /** It has closed elsewhere, with these members: if none of them is here, it is taken out, and all that it holds is late. */
  closedElsewhere(key: string, members: readonly string[]): Join | undefined {
    const open = this.#open.get(key);
    if (!open || hasAnyOf(open, new Set(members))) return undefined;
    this.#takeOut(open);
    return open;
  }

  /** Lets go of everything held: the connection is gone, and the members will be delivered again. */
  forget(): void {
    for (const open of [...this.#open.values()]) this.#takeOut(open);
    this.#closing.clear();
  }

  #begin(key: string, count: number, closure: Closure | undefined): OpenJoin {
    const opened = performance.now();
    const open: OpenJoin = { key, count, members: new Map(), opened, deadline: Infinity, closure };
    if (!closure) open.curiosity = setTimeout(() => this.#ask(open), curiosity);
    this.#open.set(key, open);
    return open;
  }

  /** The earliest member decides when the join closes. */
  #expect(open: OpenJoin, deadline: number): void {
    if (deadline >= open.deadline) return;
    open.deadline = deadline;
    clearTimeout(open.timer);
    const wait = Math.max(deadline, open.opened + settleTime) - performance.now();
    // Node's timers hold 2^31-1 ms at most; a longer wait starts anew when its timer fires.
    open.timer = setTimeout(() => this.#expired(open), Math.min(wait, 2 ** 31 - 1));
  }

  #expired(open: OpenJoin): void {
    if (performance.now() < open.deadline) {
      const { deadline } = open;
      open.deadline = Infinity;
      this.#expect(open, deadline);
    } else this.#end(open, 'deadline');
  }

  #takeOut({ key, timer, curiosity: question }: OpenJoin): void {
    clearTimeout(timer);
    clearTimeout(question);
    this.#open.delete(key);
  }

  #end(open: OpenJoin, closing: Closing): void {
    this.#takeOut(open);
    const closure: Closure = { closing, members: new Set(memberIds(open)), isSettled: false };
    this.#closing.set(open.key, closure);
    this.#close(open, closing);
  }
}

interface OpenJoin extends Join {
  readonly members: Map<string, Task>;
  /** By `performance.now()`, as the deadline: a clock that is put back or forward moves neither. */
  readonly opened: number;
  /** How it closed before, if it did. */
  readonly closure: Closure | undefined;
  /** When it closes whatever has come. */
  deadline: number;
  timer?: NodeJS.Timeout;
  curiosity?: NodeJS.Timeout;
}

/** True when one of these is a member of the join. */
export function hasAnyOf(join: Join, members: ReadonlySet<string>): boolean {
  return memberIds(join).some((member) => members.has(member));
}

/** Names the members of a join. */
export function memberIds({ members }: Pick<Join, 'members'>): readonly string[] {
  return [...members.values()].map(({ message }) => memberId(message));
}

/** Names a member: one that was a dead letter and is sent again is another. */
function memberId({ key, reinjected }: Received): string {
  return reinjected > 0 ? `${key}.r${reinjected}` : key;
}

/** The process died before it wrote down that all members of the join were dead letters: now they are sent again. */
function isReborn(closure: Closure, member: string, reinjected: number): boolean {
  return reinjected > 0 && !closure.isSettled && !closure.members.has(member);
}

function hasMissing({ members }: Join): boolean {
  return [...members.values()].some(({ message }) => message.overErrorLink);
}
