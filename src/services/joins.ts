import type { Clock } from '../core/clock.ts';
import type { Closing, Closure, Closures } from './closures.ts';
import type { Task } from './task.ts';

/** The messages of one run (and one `by` value) that one join step collects. */
export interface Join {
  readonly key: string;
  /** By message key: a duplicate counts once. */
  readonly members: ReadonlyMap<string, Task>;
  readonly count: number;
  /** When it closes whatever has come, in milliseconds since 1970. */
  readonly deadline: number;
}

/** What became of a message that came for a join. */
export type Admission = 'held' | 'duplicate' | 'late';

/** ms that a join stays open at least after its first member came: after a restart past the deadline, all that the broker still holds is to come first. */
const settleTime = 2_000;

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

  constructor(closures: Closures, clock: Clock, close: (join: Join, closing: Closing) => void) {
    this.#closures = closures;
    this.#clock = clock;
    this.#close = close;
  }

  /** Admits a member; the last one closes its join. */
  admit(task: Task, key: string, policy: { readonly count: number; readonly timeout: number }): Admission {
    const { key: member, sent } = task.message;
    const closing = this.#closing.get(key);
    if (closing) return closing.members.has(member) ? 'duplicate' : 'late';
    const known = this.#open.get(key);
    const closure = known ? known.closure : this.#closures.of(key);
    if (closure && (closure.isSettled || !closure.members.has(member))) return 'late';
    const open = known ?? this.#begin(key, policy.count, closure);
    if (open.members.has(member)) return 'duplicate';
    open.members.set(member, task);
    // All members of one that has closed are with the broker, parked perhaps: there is time for them to come again.
    this.#expect(open, (closure ? open.opened : sent) + policy.timeout * 1000);
    if (open.members.size >= (closure?.members.size ?? open.count))
      this.#end(open, closure?.closing ?? (hasMissing(open) ? 'missing' : 'complete'));
    return 'held';
  }

  /** The join is settled, for good or to be tried again with the same members. */
  settled(key: string): void {
    this.#closing.delete(key);
  }

  /** Lets go of everything held: the connection is gone, and the members will be delivered again. */
  forget(): void {
    for (const { timer } of this.#open.values()) clearTimeout(timer);
    this.#open.clear();
    this.#closing.clear();
  }

  #begin(key: string, count: number, closure: Closure | undefined): OpenJoin {
    const open: OpenJoin = { key, count, members: new Map(), opened: this.#clock.now(), deadline: Infinity, closure };
    this.#open.set(key, open);
    return open;
  }

  /** The earliest member decides when the join closes. */
  #expect(open: OpenJoin, deadline: number): void {
    if (deadline >= open.deadline) return;
    open.deadline = deadline;
    clearTimeout(open.timer);
    const wait = Math.max(deadline, open.opened + settleTime) - this.#clock.now();
    // Node's timers hold 2^31-1 ms at most; a longer wait starts anew when its timer fires.
    open.timer = setTimeout(() => this.#expired(open), Math.min(wait, 2 ** 31 - 1));
  }

  #expired(open: OpenJoin): void {
    if (this.#clock.now() < open.deadline) {
      const { deadline } = open;
      open.deadline = Infinity;
      this.#expect(open, deadline);
    } else this.#end(open, 'deadline');
  }

  #end(open: OpenJoin, closing: Closing): void {
    clearTimeout(open.timer);
    this.#open.delete(open.key);
    const closure: Closure = { closing, members: new Set(open.members.keys()), isSettled: false };
    this.#closing.set(open.key, closure);
    this.#close(open, closing);
  }
}

interface OpenJoin extends Join {
  readonly members: Map<string, Task>;
  readonly opened: number;
  /** How it closed before, if it did. */
  readonly closure: Closure | undefined;
  deadline: number;
  timer?: NodeJS.Timeout;
}

function hasMissing({ members }: Join): boolean {
  return [...members.values()].some(({ message }) => message.overErrorLink);
}
