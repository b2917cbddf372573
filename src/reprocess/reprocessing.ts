import { randomBytes } from 'node:crypto';
import { systemClock, type Clock } from '../core/clock.ts';
import { Events } from '../core/events.ts';
import { silent, type Log } from '../core/log.ts';
import { cancelRuns } from '../services/cancel-runs.ts';
import type { Client } from '../stomp/client.ts';
import { runIdOf } from './announcement.ts';
import { changed, noSuchBackfill, nothingSelected, wrongState } from './errors.ts';
import { secondsFor } from './estimate.ts';
import { Follower } from './follower.ts';
import { Gate, type GateRules, type QueueDepth } from './gate.ts';
import { Previews, type PreviewOptions } from './previews.ts';
import { standardPace } from './standard.ts';
import { Starter } from './starter.ts';
import { BackfillStore, openStates, type StoredBackfill } from './store.ts';
import type { BackfillPreview, BackfillRequest, BackfillRun, BackfillView, Hold, ItemState, Pace } from './views.ts';

export interface ReprocessingOptions extends PreviewOptions {
  /** A connection that was started. */
  readonly client: Client;
  /** The folder of the store, made when it is not there. */
  readonly folder: string;
  readonly rules: GateRules;
  /** Of back-fills that say none. */
  readonly pace?: Pace;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** Who wants something done, and why. */
export interface Wish {
  readonly by: string;
  readonly why: string;
}

/** A back-fill that could go on, and does not. */
export interface Stalled {
  readonly id: string;
  readonly since: number;
  readonly waiting: number;
  readonly underWay: number;
}

/**
 * Repeats runs of the past, behind live work. A back-fill is an object with a state, and outlives this process; each of its
 * runs is started once, whatever dies.
 */
export class Reprocessing implements AsyncDisposable {
  readonly events = new Events<{ backfill: BackfillView }>();
  readonly standardPace: Pace;
  readonly #options: ReprocessingOptions;
  readonly #clock: Clock;
  readonly #store: BackfillStore;
  readonly #gate: Gate;
  readonly #previews: Previews;
  readonly #follower: Follower;
  readonly #starter: Starter;
  /** When anything of a back-fill moved. */
  readonly #moved = new Map<string, number>();
  #held: Hold | undefined;
  #openSince: number;
  #stopped: Promise<void> | undefined;

  /** Throws `reprocess.unreadable` and `reprocess.newer`. */
  constructor(options: ReprocessingOptions) {
    const { clock = systemClock, log = silent, ledger, client } = options;
    this.#options = options;
    this.standardPace = options.pace ?? standardPace;
    this.#clock = clock;
    this.#openSince = clock.now();
    this.#store = new BackfillStore(options.folder);
    this.#gate = new Gate(options.rules);
    this.#previews = new Previews(options);
    const store = this.#store;
    const onMoved = (id: string): void => this.#onMoved(id);
    this.#starter = new Starter({ client, ledger, store, clock, log, hold: () => this.#hold(), onMoved });
    const onLive = (): void => void this.#hold();
    this.#follower = new Follower({ ledger, store, gate: this.#gate, clock, onMoved, onLive });
  }

  start(): void {
    this.#follower.start();
    for (const { id } of this.#store.open()) this.#end(id);
    this.#starter.start();
  }

  /** Resolves when nothing is announced any more. May be called twice, and before `start`. */
  async stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    await this.#stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** The broker told of all its queues: to be told again and again, as without it nothing is started. */
  queues(queues: readonly QueueDepth[]): void {
    this.#gate.queues(queues, this.#clock.now());
    if (!this.#hold()) this.#starter.wake();
  }

  /** What a back-fill would be; throws as `create` does, but for `changed`. */
  async preview(request: BackfillRequest): Promise<BackfillPreview> {
    return await this.#previews.preview(request);
  }

  /**
   * Creates a back-fill of exactly the runs that a preview named by its digest. A wish that comes twice, before what it
   * created has ended, creates one. Throws `reprocess.changed`, `reprocess.nothing-selected`, `reprocess.too-many`, `reprocess.bad-numbers`, `reprocess.no-recipe` and
   * `reprocess.bad-parameter`.
   */
  async create(request: BackfillRequest, digest: string, { by, why }: Wish): Promise<BackfillView> {
    const { found, estimate } = await this.#previews.plan(request);
    const { sources, leftOut } = found;
    if (found.digest !== digest) throw changed({ runs: sources.length });
    if (sources.length === 0) throw nothingSelected({ leftOut: leftOut.reduce((sum, { runs }) => sum + runs, 0) });
    const known = this.#wishedBefore(request, sources, { by, why });
    if (known) return this.#viewOf(known);
    const id = randomBytes(4).toString('hex');
    const items = sources.map(({ run: source, number, collection, parameters }) => ({
      ...{ source, run: runIdOf(id, source) },
      ...(number === undefined ? {} : { number }),
      ...(collection === undefined ? {} : { collection }),
      ...(parameters === undefined ? {} : { parameters }),
    }));
    const since = this.#options.ledger.past.latestAnnouncement;
    const created = this.#clock.now();
    this.#store.create({ id, state: 'running', created, creator: by, reason: why, request, estimate, since }, items);
    this.#onMoved(id);
    return this.one(id);
  }

  /** An open one of the same runs, that the same person wished for with the same reason: a request may be sent twice. */
  #wishedBefore(
    request: BackfillRequest,
    sources: readonly { readonly run: string }[],
    { by, why }: Wish,
  ): StoredBackfill | undefined {
    const wish = JSON.stringify(request);
    return this.#store.open().find((backfill) => {
      if (backfill.creator !== by || backfill.reason !== why || JSON.stringify(backfill.request) !== wish) return false;
      const items = this.#store.items(backfill.id, { after: 0, limit: sources.length + 1 });
      return items.length === sources.length && items.every(({ source }, index) => source === sources[index]?.run);
    });
  }

  /** A page of back-fills, the newest first. */
  page({ cursor, limit }: { readonly cursor?: string; readonly limit: number }): {
    readonly items: readonly BackfillView[];
    readonly next?: string;
  } {
    const page = this.#store.page(cursor === undefined ? undefined : Number(cursor), limit);
    return { ...page, items: page.items.map((backfill) => this.#viewOf(backfill)) };
  }

  /** Those that have not ended, the oldest first. */
  open(): readonly BackfillView[] {
    return this.#store.open().map((backfill) => this.#viewOf(backfill));
  }

  /** Throws `reprocess.no-such-backfill`. */
  one(id: string): BackfillView {
    return this.#viewOf(this.#find(id));
  }

  /** A page of the runs of a back-fill, in order. Throws `reprocess.no-such-backfill`. */
  runs(
    id: string,
    { cursor = '0', limit, state }: { readonly cursor?: string; readonly limit: number; readonly state?: ItemState },
  ): { readonly items: readonly BackfillRun[]; readonly next?: string } {
    this.#find(id);
    const states = state === undefined ? {} : { states: [state] };
    const found = this.#store.items(id, { ...states, after: Number(cursor), limit: limit + 1 });
    const items = found.slice(0, limit).map(({ backfill: _backfill, parameters: _parameters, ...run }) => run);
    const last = items.at(-1);
    return { items, ...(found.length > limit && last ? { next: String(last.n) } : {}) };
  }

  /** How many there are in each state, all ended ones included. */
  states(): ReadonlyMap<string, number> {
    return this.#store.states();
  }

  /** Starts nothing more of it until it is resumed. Throws `reprocess.wrong-state`. */
  pause(id: string, wish: Wish): BackfillView {
    return this.#change(id, 'running', 'paused', wish);
  }

  /** Throws `reprocess.wrong-state`. */
  resume(id: string, wish: Wish): BackfillView {
    return this.#change(id, 'paused', 'running', wish);
  }

  /**
   * What of it has not been announced never starts. With `isAlsoRunning` what is under way is cancelled as well, also of one
   * that was cancelled without before; resolves then with how many that were. Throws `reprocess.wrong-state`.
   */
  async cancel(
    id: string,
    { by, why }: Wish,
    isAlsoRunning: boolean,
  ): Promise<{ backfill: BackfillView; runs: number }> {
    const { state, ended } = this.#find(id);
    if (ended !== undefined || (state === 'cancelled' && !isAlsoRunning))
      throw wrongState({ id, state, wish: 'cancelled' });
    this.#store.change(id, 'cancelled', { time: this.#clock.now(), by, why });
    this.#end(id);
    this.#onMoved(id);
    if (!isAlsoRunning) return { backfill: this.one(id), runs: 0 };
    const under = this.#store.items(id, { states: ['announcing', 'announced', 'running'] });
    const runs = new Set(under.map(({ run }) => run));
    const answers =
      runs.size === 0
        ? new Map()
        : await cancelRuns(this.#options.client, runs, { user: by, reason: why, timeout: 10 });
    return { backfill: this.one(id), runs: answers.size };
  }

  /** Back-fills that nothing holds and that have not moved, and since when. */
  stalled(): readonly Stalled[] {
    if (this.#hold()) return [];
    return this.#store.open().flatMap(({ id, state, changed: change }) => {
      if (state !== 'running') return [];
      const { waiting, announcing, announced, running } = this.#store.counts(id);
      const since = Math.max(this.#openSince, this.#moved.get(id) ?? 0, change?.time ?? 0);
      return [{ id, since, waiting, underWay: announcing + announced + running }];
    });
  }

  #change(id: string, from: 'running' | 'paused', to: 'running' | 'paused', { by, why }: Wish): BackfillView {
    const { state } = this.#find(id);
    if (state !== from) throw wrongState({ id, state, wish: to === 'paused' ? 'paused' : 'resumed' });
    this.#store.change(id, to, { time: this.#clock.now(), by, why });
    this.#onMoved(id);
    return this.one(id);
  }

  #find(id: string): StoredBackfill {
    const backfill = this.#store.find(id);
    if (!backfill) throw noSuchBackfill({ id });
    return backfill;
  }

  #viewOf({ request, since: _since, ...backfill }: StoredBackfill): BackfillView {
    const counts = this.#store.counts(backfill.id);
    const held = backfill.state === 'running' ? this.#hold() : undefined;
    const left = openStates.reduce((sum, state) => sum + counts[state], 0);
    const { secondsEach } = backfill.estimate;
    return {
      ...request,
      ...backfill,
      counts,
      ...(held === undefined ? {} : { held }),
      ...(left === 0 || secondsEach === undefined || backfill.state === 'cancelled'
        ? {}
        : { secondsLeft: secondsFor(left, request.pace, secondsEach) }),
    };
  }

  /** Why nothing may be started now; whoever looks at a back-fill is told when that changes. */
  #hold(): Hold | undefined {
    const { client, ledger } = this.#options;
    const now = this.#clock.now();
    const isEntering = ledger.trouble === undefined;
    const held = this.#gate.hold(now, { isConnected: client.isConnected, isEntering });
    const before = this.#held;
    this.#held = held;
    if (held?.why === before?.why && held?.since === before?.since) return held;
    if (!held) this.#openSince = now;
    for (const { id } of this.#store.open()) this.#tell(id);
    return held;
  }

  #onMoved(id: string): void {
    this.#moved.set(id, this.#clock.now());
    this.#end(id);
    this.#tell(id);
    this.#starter.wake();
  }

  #tell(id: string): void {
    const backfill = this.#store.find(id);
    if (backfill) this.events.emit('backfill', this.#viewOf(backfill));
  }

  /** Ends one of which nothing is to come any more. */
  #end(id: string): void {
    const { state, ended } = this.#find(id);
    const counts = this.#store.counts(id);
    if (ended !== undefined || openStates.some((open) => counts[open] > 0)) return;
    this.#store.change(id, state === 'cancelled' ? state : 'finished', undefined, this.#clock.now());
  }

  async #stop(): Promise<void> {
    this.#follower.stop();
    await this.#starter.stop();
    this.#store[Symbol.dispose]();
  }
}
