import { backoffSeconds } from '../core/backoff.ts';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { HealthCheck, HealthState } from './api.ts';
import type { Untold } from './checks/check.ts';
import { gravity } from './limits.ts';
import { post, type Webhook } from './webhook.ts';

/** One who is to be told when something is wrong, over HTTP. */
export interface AlertReceiver extends Omit<Webhook, 'timeout'> {
  readonly name: string;
  /** What is less grave counts as well. */
  readonly minimum: Exclude<HealthState, 'pass'>;
  /** Seconds that a state must hold before it is told. */
  readonly hold: number;
  /** Seconds after something was told of a check in which only what is graver is told of it. */
  readonly quiet: number;
}

/** By check: the state that was told, and when. */
export type Told = Readonly<Record<string, { readonly state: HealthState; readonly time: number }>>;

/** What a receiver is sent. */
export interface AlertMessage {
  readonly version: 1;
  /** Whose health it is. */
  readonly from: string;
  readonly time: number;
  readonly changes: readonly AlertChange[];
}

/** A check that is in another state than was told last. */
export interface AlertChange extends HealthCheck {
  /** The same when the same is told again, because no answer came. */
  readonly key: string;
  readonly before: HealthState;
  /** True when it is no more as grave as what is told. */
  readonly resolved: boolean;
}

/** ms between two looks. */
const interval = 1_000;
/** Seconds for one request. */
const timeout = 10;
/** Waits after requests that failed, in seconds. */
const backoff = { delay: 1, factor: 2, maxDelay: 60 };

export interface AlertsOptions {
  readonly receivers: readonly AlertReceiver[];
  readonly from: string;
  readonly checks: () => readonly HealthCheck[];
  readonly clock: Clock;
  readonly log: Log;
  /** What an earlier one `told`. */
  readonly told?: Readonly<Record<string, Told>>;
}

/**
 * Tells receivers of changes of health. What a receiver is told is how what holds differs from what it was told last:
 * so nothing is told twice, nothing piles up for one who cannot be reached, and when it can be it hears how it is then.
 */
export class Alerts {
  readonly #lines: readonly Line[];
  readonly #options: AlertsOptions;
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;

  constructor(options: AlertsOptions) {
    this.#options = options;
    this.#lines = options.receivers.map((receiver) => new Line(receiver, options));
  }

  /** By receiver. */
  get told(): Readonly<Record<string, Told>> {
    return Object.fromEntries(this.#lines.map(({ name, told }) => [name, told]));
  }

  /** Receivers that cannot be told at the moment; undefined when there are no receivers. */
  get untold(): readonly Untold[] | undefined {
    if (this.#lines.length === 0) return undefined;
    return this.#lines.flatMap(({ name, trouble }) =>
      trouble === undefined ? [] : [{ receiver: name, reason: trouble }],
    );
  }

  /** How many messages each receiver took, and how many it did not. */
  get counts(): readonly { readonly receiver: string; readonly sent: number; readonly failed: number }[] {
    return this.#lines.map(({ name, sent, failed }) => ({ receiver: name, sent, failed }));
  }

  start(): void {
    if (this.#lines.length > 0) this.#watching = this.#watch();
  }

  /** What is under way is broken off. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    await Promise.all(this.#lines.map(async (line) => await line.ended));
  }

  async #watch(): Promise<void> {
    const { checks, clock } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      for (const line of this.#lines) line.look(checks(), clock.now(), signal);
      await clock.sleep(interval, signal).catch(() => undefined);
    }
  }
}

/** The line to one receiver: one request at a time. */
class Line {
  readonly name: string;
  readonly #receiver: AlertReceiver;
  readonly #options: AlertsOptions;
  readonly #told: Map<string, { readonly state: HealthState; readonly time: number }>;
  /** The state of each check, and since when it was seen. */
  readonly #seen = new Map<string, { readonly state: HealthState; readonly time: number }>();
  #sending: Promise<void> | undefined;
  #attempts = 0;
  #next = -Infinity;
  trouble: string | undefined;
  sent = 0;
  failed = 0;

  constructor(receiver: AlertReceiver, options: AlertsOptions) {
    this.name = receiver.name;
    this.#receiver = receiver;
    this.#options = options;
    this.#told = new Map(Object.entries(options.told?.[receiver.name] ?? {}));
  }

  get told(): Told {
    return Object.fromEntries(this.#told);
  }

  get ended(): Promise<void> | undefined {
    return this.#sending;
  }

  look(checks: readonly HealthCheck[], now: number, signal: AbortSignal): void {
    for (const { check, state } of checks) {
      if (this.#seen.get(check)?.state !== state) this.#seen.set(check, { state, time: now });
    }
    if (this.#sending || performance.now() < this.#next) return;
    const changes = checks.flatMap((check) => this.#change(check, now) ?? []);
    if (changes.length === 0) return;
    this.#sending = this.#send(changes, now, signal).finally(() => (this.#sending = undefined));
  }

  #change(check: HealthCheck, now: number): AlertChange | undefined {
    const { minimum, hold, quiet } = this.#receiver;
    const seen = this.#seen.get(check.check);
    // Whoever cannot be told cannot be told of it either.
    if (!seen || now - seen.time < hold * 1000 || check.check === 'alerts') return undefined;
    const last = this.#told.get(check.check);
    const before = last?.state ?? 'pass';
    const resolved = gravity.indexOf(check.state) > gravity.indexOf(minimum);
    const state = resolved ? 'pass' : check.state;
    const isGraver = gravity.indexOf(state) < gravity.indexOf(before);
    if (state === before || (last && !isGraver && now - last.time < quiet * 1000)) return undefined;
    return { ...check, key: `${check.check} ${check.state} ${String(check.since)}`, before, resolved };
  }

  async #send(changes: readonly AlertChange[], now: number, signal: AbortSignal): Promise<void> {
    const { from, log } = this.#options;
    try {
      const message: AlertMessage = { version: 1, from, time: now, changes };
      await post({ ...this.#receiver, timeout }, JSON.stringify(message), signal);
      for (const { check, state, resolved } of changes) {
        this.#told.set(check, { state: resolved ? 'pass' : state, time: now });
      }
      this.sent += 1;
      this.#attempts = 0;
      this.trouble = undefined;
    } catch (error) {
      if (signal.aborted) return;
      this.failed += 1;
      this.#attempts += 1;
      this.#next = performance.now() + backoffSeconds(backoff, this.#attempts) * 1000;
      if (this.trouble === undefined)
        log.warn({ receiver: this.name, reason: messageOf(error) }, 'an alert was not taken');
      this.trouble = messageOf(error);
    }
  }
}
