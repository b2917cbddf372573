import { statfs } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Client } from '../stomp/client.ts';
import type { Health, HealthCheck, HealthState } from './api.ts';
import { checks, type Facts, type Finding } from './checks.ts';
import type { Heartbeats } from './heartbeats.ts';
import type { QueueWatch } from './queues.ts';

export interface HealthSources {
  readonly client: Client;
  readonly ledger: Ledger;
  readonly heartbeats: Heartbeats;
  readonly queueWatch: QueueWatch;
  readonly clock: Clock;
  readonly version: string;
}

const interval = 1_000;
/** Told so often even when nothing changed: a page that hears nothing for 15 s takes its feed for dead. */
const reminder = 5_000;
const worst: readonly HealthState[] = ['error', 'warning', 'notice', 'pass'];

/** Looks every second whether all is well, and remembers since when what is not has not been. */
export class HealthWatch {
  readonly events = new Events<{ health: { readonly health: Health } }>();
  readonly #sources: HealthSources;
  readonly #stopListening: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #watching: Promise<void> | undefined;
  #disconnected: string | undefined;
  #disk: Facts['disk'];
  #checks: readonly HealthCheck[] = [];
  #told = 0;

  constructor(sources: HealthSources) {
    this.#sources = sources;
  }

  get health(): Health {
    const state = worst.find((one) => this.#checks.some((check) => check.state === one)) ?? 'pass';
    return { state, version: this.#sources.version, checks: this.#checks };
  }

  async start(): Promise<void> {
    const { events } = this.#sources.client;
    const connection = (reason: string | undefined): void => {
      this.#disconnected = reason;
      this.#look();
    };
    this.#stopListening.push(
      events.on('connected', () => connection(undefined)),
      events.on('disconnected', ({ reason }) => connection(reason.message)),
    );
    await this.#measure();
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
      await this.#measure();
      if (signal.aborted) return;
      this.#look();
    }
  }

  async #measure(): Promise<void> {
    const { folder } = this.#sources.ledger;
    this.#disk = await statfs(folder).then(
      ({ bavail, blocks, bsize }) => ({ free: bavail * bsize, total: blocks * bsize }),
      () => undefined,
    );
  }

  #look(): void {
    const facts = this.#facts();
    const before = this.#checks;
    this.#checks = checks.map((check) => this.#dated(check(facts), facts.now));
    const changed = this.#checks.some(
      (check, index) => check.message !== before[index]?.message || check.state !== before[index].state,
    );
    if (!changed && facts.now - this.#told < reminder) return;
    this.#told = facts.now;
    this.events.emit('health', { health: this.health });
  }

  #facts(): Facts {
    const { clock, ledger, queueWatch, heartbeats } = this.#sources;
    return {
      now: clock.now(),
      disconnected: this.#disconnected,
      ledgerTrouble: ledger.trouble?.message,
      malformed: ledger.queries.totals().get('malformed') ?? 0,
      queuesTold: queueWatch.answered,
      queues: queueWatch.queues,
      unreadSince: queueWatch.unreadSince,
      services: heartbeats.services,
      disk: this.#disk,
    };
  }

  #dated(finding: Finding, now: number): HealthCheck {
    const before = this.#checks.find(({ check, state }) => check === finding.check && state === finding.state);
    return { ...finding, since: before?.since ?? now };
  }
}
