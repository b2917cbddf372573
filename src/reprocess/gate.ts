import { names } from '../services/names.ts';
import type { Hold } from './views.ts';

/** When back-fills wait, as the site declares it. */
export interface GateRules {
  /** So long after a live announcement nothing is started; 0: live announcements hold nothing. */
  readonly quietSeconds: number;
  /** Nothing is started once so many messages wait in one queue … */
  readonly queueHigh: number;
  /** … until so few do: between the two it stays as it is, so that it does not flutter. */
  readonly queueLow: number;
}

/** What of a queue counts here. */
export interface QueueDepth {
  readonly name: string;
  readonly waiting: number;
}

/** A broker that has not told of its queues for so long (ms) is not taken to have empty ones. */
const patience = 30_000;

/**
 * Whether work that can wait has to: live data comes in, queues are deep, or nobody knows. Times are given, not taken:
 * it has no clock of its own.
 */
export class Gate {
  readonly #rules: GateRules;
  #live: { since: number; last: number; beamlines: Set<string> } | undefined;
  #waiting: Extract<Hold, { why: 'waiting' }> | undefined;
  #deep: Extract<Hold, { why: 'deep' }> | undefined;
  #told = -Infinity;
  #closed: { readonly why: 'broker' | 'ledger' | 'queues'; readonly since: number } | undefined;

  constructor(rules: GateRules) {
    this.#rules = rules;
  }

  /** A live announcement came at that time. Those that come before it is quiet again are of the same spell. */
  live(time: number, beamline?: string): void {
    if (!this.#live || time - this.#live.last >= this.#quiet)
      this.#live = { since: time, last: time, beamlines: new Set() };
    this.#live.last = Math.max(this.#live.last, time);
    if (beamline !== undefined) this.#live.beamlines.add(beamline);
  }

  /** The broker told of all its queues. */
  queues(queues: readonly QueueDepth[], now: number): void {
    this.#told = now;
    const live = queues.find(
      ({ name, waiting }) => waiting > 0 && (names.announcements as readonly string[]).includes(name),
    );
    this.#waiting = live && {
      why: 'waiting',
      since: this.#waiting?.since ?? now,
      queue: live.name,
      messages: live.waiting,
    };
    const limit = this.#deep ? this.#rules.queueLow + 1 : this.#rules.queueHigh;
    const deepest = queues.filter(isWork).reduce((a, b) => (b.waiting > a.waiting ? b : a), { name: '', waiting: -1 });
    this.#deep =
      deepest.waiting >= limit
        ? { why: 'deep', since: this.#deep?.since ?? now, queue: deepest.name, messages: deepest.waiting }
        : undefined;
  }

  /** Why nothing may be started now; undefined when something may. */
  hold(now: number, { isConnected, isEntering }: { isConnected: boolean; isEntering: boolean }): Hold | undefined {
    const why = !isConnected ? 'broker' : !isEntering ? 'ledger' : now - this.#told > patience ? 'queues' : undefined;
    this.#closed = why && (this.#closed?.why === why ? this.#closed : { why, since: now });
    return this.#closed ?? this.#liveHold(now) ?? this.#waiting ?? this.#deep;
  }

  #liveHold(now: number): Hold | undefined {
    if (!this.#live || now >= this.#live.last + this.#quiet) return undefined;
    const { since, last, beamlines } = this.#live;
    return { why: 'live', since, until: last + this.#quiet, beamlines: [...beamlines].sort() };
  }

  get #quiet(): number {
    return this.#rules.quietSeconds * 1000;
  }
}

/** Dead letters wait for somebody to act, and what is parked for its time. */
function isWork({ name }: QueueDepth): boolean {
  return !/^(ActiveMQ\.)?DLQ(\.|$)/.test(name) && !/^baton\.later\./.test(name);
}
