import type { Clock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Stalled } from '../reprocess/reprocessing.ts';
import type { Client } from '../stomp/client.ts';
import type { Health, HealthCheck } from './api.ts';
import { checks } from './checks.ts';
import type { Facts, Finding, Untold } from './checks/check.ts';
import type { HealthNotes } from './health-notes.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { JobWatch } from './jobs/job-watch.ts';
import { worstOf, type Limits } from './limits.ts';
import { isDeadLetterQueue, type QueueWatch } from './queues.ts';
import { Rise } from './rise.ts';
import type { StoreWatch } from './stores.ts';

export interface HealthSources {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly heartbeats: Heartbeats;
  readonly jobs: JobWatch;
  readonly queueWatch: QueueWatch;
  readonly stores: StoreWatch;
  readonly limits: Limits;
  readonly untold: () => readonly Untold[] | undefined;
  readonly stalled: () => readonly Stalled[];
  readonly notes: HealthNotes;
  readonly clock: Clock;
  readonly version: string;
}

const interval = 1_000;
/** Told so often even when nothing changed: a page that hears nothing for 15 s takes its feed for dead. */
const reminder = 5_000;
/** ms after the start in which a state that held before it is taken to have held on: by then all has been heard of. */
const settling = 60_000;

/** Looks every second whether all is well, and remembers since when what is not has not been. */
export class HealthWatch {
  readonly events = new Events<{ health: { readonly health: Health } }>();
  readonly #sources: HealthSources;
  readonly #stopListening: (() => void)[] = [];
  readonly #stopping = new AbortController();
  readonly #deadLetters: Rise;
  readonly #overBudget: Rise;
  readonly #heldBack = new Map<string, number>();
  #started = Infinity;
  #watching: Promise<void> | undefined;
  #disconnected: string | undefined;
  #checks: readonly HealthCheck[] = [];
  #told = 0;

  constructor(sources: HealthSources) {
    this.#sources = sources;
    this.#deadLetters = new Rise(sources.notes.deadLetters);
    this.#overBudget = new Rise(sources.notes.overBudget);
  }

  get health(): Health {
    const state = worstOf(this.#checks.map((check) => check.state));
    return { state, version: this.#sources.version, checks: this.#checks };
  }

  /** What the next one is to know. */
  get knew(): Pick<HealthNotes, 'checks' | 'deadLetters' | 'overBudget'> {
    return { checks: this.#checks, deadLetters: this.#deadLetters.knew, overBudget: this.#overBudget.knew };
  }

  start(): void {
    const { events } = this.#sources.client;
    const connection = (reason: string | undefined): void => {
      this.#disconnected = reason;
      this.#look();
    };
    this.#stopListening.push(
      events.on('connected', () => connection(undefined)),
      events.on('disconnected', ({ reason }) => connection(reason.message)),
    );
    this.#started = this.#sources.clock.now();
    this.#look();
    this.#watching = this.#watch();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const stop of this.#stopListening) stop();
    await this.#watching;
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    for (;;) {
      await this.#sources.clock.sleep(interval, signal).catch(() => undefined);
      if (signal.aborted) return;
      this.#look();
    }
  }

  #look(): void {
    const facts = this.#facts();
    const before = this.#checks;
    this.#checks = checks.flatMap((check) => {
      const finding = check(facts);
      return finding ? [this.#dated(finding, facts.now)] : [];
    });
    const changed = this.#checks.some(
      (check, index) => check.message !== before[index]?.message || check.state !== before[index].state,
    );
    if (!changed && facts.now - this.#told < reminder) return;
    this.#told = facts.now;
    this.events.emit('health', { health: this.health });
  }

  #facts(): Facts {
    const { clock, ledger, queueWatch, heartbeats, jobs, limits, version, stores, untold, stalled } = this.#sources;
    const now = clock.now();
    const totals = ledger.queries.totals();
    const { queues } = queueWatch;
    return {
      now,
      limits,
      version,
      disconnected: this.#disconnected,
      answerSeconds: queueWatch.answerSeconds,
      usage: queueWatch.usage,
      ledgerTrouble: ledger.trouble?.message,
      isLedgerTooLarge: ledger.isTooLarge,
      malformed: (totals.get('malformed') ?? 0) - (totals.get('removed.malformed') ?? 0),
      queuesTold: queueWatch.answered,
      queues,
      unreadSince: queueWatch.unreadSince,
      oldestSince: queueWatch.oldest.since,
      services: heartbeats.services,
      jobs: {
        untaken: jobs.untaken,
        unheard: jobs.holders.filter(({ isUnheard, jobs: held }) => isUnheard && held > 0),
      },
      heldBackSince: this.#whoIsHeldBack(now),
      pauses: ledger.shifts.pauses.all,
      clocks: heartbeats.clocks,
      stores: stores.figures,
      newDeadLetters: this.#newDeadLetters(now),
      newOverBudget: this.#overBudget.take(now, totals.get('budgets.over') ?? 0),
      untold: untold(),
      backfills: stalled(),
    };
  }

  /** Counted by what came into their queues. Before the broker has told, nothing is known. */
  #newDeadLetters(now: number): number {
    const { queues, answered } = this.#sources.queueWatch;
    if (answered === undefined) return 0;
    const came = queues.filter(({ name }) => isDeadLetterQueue(name)).reduce((sum, { enqueued }) => sum + enqueued, 0);
    return this.#deadLetters.take(now, came);
  }

  #whoIsHeldBack(now: number): ReadonlyMap<string, number> {
    const held = new Set(
      this.#sources.heartbeats.services
        .filter(({ statusText, lost }) => !lost && statusText.startsWith('held back'))
        .map(
          ({ service, host, statusText }) => `${service} on ${host} (${statusText.replace(/^held back: \d+ /, '')})`,
        ),
    );
    for (const who of this.#heldBack.keys()) if (!held.has(who)) this.#heldBack.delete(who);
    for (const who of held) if (!this.#heldBack.has(who)) this.#heldBack.set(who, now);
    return this.#heldBack;
  }

  /** Since when it is so. After a start that is not when the monitor first looked, but since when it had been so before. */
  #dated(finding: Finding, now: number): HealthCheck {
    const isSame = ({ check, state }: HealthCheck): boolean => check === finding.check && state === finding.state;
    const earlier = now - this.#started < settling ? this.#sources.notes.checks : [];
    const known = this.#checks.find(isSame) ?? earlier.find(isSame);
    return { ...finding, since: Math.min(now, known?.since ?? now) };
  }
}
