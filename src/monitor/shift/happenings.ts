import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { JsonObject } from '../../core/json.ts';
import type { Journal, JournalEntry } from '../../ledger/shift/journal.ts';
import { machineOf } from '../../services/pause.ts';
import { status } from '../../services/status.ts';
import type { Health, HealthCheck, HealthState, ServiceView } from '../api.ts';

/** A check that is otherwise for less than this (ms) has only flickered. */
const holding = 15_000;
/** Entries are gathered for so long (ms): a site that starts is one transaction. */
const gathering = 1_000;
/** What comes beyond so many at once is a flood, and not kept: whoever broadcasts cannot fill the journal. */
const atOnce = 500;

type Standing = 'here' | 'lost' | 'ended';

export interface HappeningsOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: Log;
  /** As an earlier monitor knew them. */
  readonly services: readonly ServiceView[];
  readonly checks: readonly HealthCheck[];
}

/** Writes down which services came and went, and which checks changed: for the hand-over, and whoever looks back. */
export class Happenings {
  readonly #options: HappeningsOptions;
  readonly #standing = new Map<string, Standing>();
  /** By class and machine. */
  readonly #versions = new Map<string, string>();
  readonly #checks = new Map<string, HealthState>();
  #waiting: Omit<JournalEntry, 'seq'>[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HappeningsOptions) {
    this.#options = options;
    for (const view of options.services) {
      this.#standing.set(subjectOf(view), standingOf(view));
      if (view.version !== undefined) this.#versions.set(placeOf(view), view.version);
    }
    for (const { check, state } of options.checks) this.#checks.set(check, state);
  }

  /** Takes note of a heartbeat, or of its absence. Jobs, which have no class, come and go by themselves. */
  service(view: ServiceView): void {
    if (view.serviceClass === '') return;
    const subject = subjectOf(view);
    const before = this.#standing.get(subject);
    const now = standingOf(view);
    if (before === now) return;
    this.#standing.set(subject, now);
    if (now === 'here')
      this.#add('service', subject, { what: before === undefined ? 'started' : 'back', ...this.#version(view) });
    else if (before !== undefined) this.#add('service', subject, { what: now });
    if (now === 'ended') this.#standing.delete(subject);
  }

  /** Forgets the services that are no longer listed. */
  forget(listed: readonly ServiceView[]): void {
    const left = new Set(listed.map(subjectOf));
    for (const subject of this.#standing.keys()) if (!left.has(subject)) this.#standing.delete(subject);
  }

  /** Takes note of checks that have been in another state for a while. */
  health({ checks }: Health): void {
    const now = this.#options.clock.now();
    for (const { check, state, since, message } of checks) {
      const before = this.#checks.get(check) ?? 'pass';
      if (state === before || now - since < holding) continue;
      this.#checks.set(check, state);
      this.#add('health', check, { state, before, message }, since);
    }
  }

  /** Writes what is not written yet. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#write();
  }

  #version(view: ServiceView): JsonObject {
    const { version } = view;
    if (version === undefined) return {};
    const before = this.#versions.get(placeOf(view));
    this.#versions.set(placeOf(view), version);
    return { version, ...(before === undefined || before === version ? {} : { before }) };
  }

  #add(kind: JournalEntry['kind'], subject: string, told: JsonObject, time = this.#options.clock.now()): void {
    if (this.#waiting.length >= atOnce) return;
    this.#waiting.push({ time, kind, subject, told });
    this.#timer ??= setTimeout(() => this.#write(), gathering);
  }

  #write(): void {
    const { journal, log } = this.#options;
    this.#timer = undefined;
    const entries = this.#waiting;
    this.#waiting = [];
    if (entries.length === 0) return;
    try {
      journal.add(entries);
    } catch (error) {
      // A full disk is told of by others; what happens meanwhile is missing here.
      log.warn({ entries: entries.length, reason: messageOf(error) }, 'what happened was not written down');
    }
  }
}

function standingOf({ lost, status: code }: ServiceView): Standing {
  if (lost) return 'lost';
  return code === status.end || code === status.teardown ? 'ended' : 'here';
}

function subjectOf({ serviceClass, host }: ServiceView): string {
  return `${serviceClass} on ${host}`;
}

function placeOf({ serviceClass, host }: ServiceView): string {
  return `${serviceClass} on ${machineOf(host)}`;
}
