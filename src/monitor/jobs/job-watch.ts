import type { Clock } from '../../core/clock.ts';
import { Events } from '../../core/events.ts';
import { readJobMessage, type EndedJob, type JobMessage } from '../../services/jobs/job-message.ts';
import { names } from '../../services/names.ts';
import type { Client, Delivery, Subscription } from '../../stomp/client.ts';
import { Ends } from './ends.ts';
import { Holder } from './holder.ts';
import { JobList, type JobFilter } from './job-list.ts';
import { untakenOf } from './untaken.ts';
import type { BackendView, HolderView, JobCount, JobsView, JobTotals, UntakenView } from './views.ts';

export interface JobWatchEvents {
  /** Something changed; told once a second at most. */
  jobs: { readonly totals: JobTotals };
}

/** Milliseconds of silence after which a holder is not heard of: it tells every five seconds at least. */
const lifetime = 17_000;
/** Milliseconds of silence after which what it held is forgotten: by then somebody else has it, or its message waits. */
const forgotten = 600_000;
/** Milliseconds within which all that hold jobs have told so. */
const introduction = 12_000;
/** Whatever is told, no more is kept. */
const holdersAtMost = 500;
const jobsAtMost = 100_000;
const lostAtMost = 20;
const checkInterval = 1_000;

/** The jobs that services tell of on the topic `baton.jobs`, kept in memory. */
export class JobWatch {
  readonly events = new Events<JobWatchEvents>();
  readonly ends = new Ends();
  readonly #client: Client;
  readonly #clock: Clock;
  readonly #holders = new Map<string, Holder>();
  #lost: readonly EndedJob[] = [];
  /** In order, made when it is asked for, of what there is now. */
  #list: JobList | undefined;
  #untaken: readonly UntakenView[] = [];
  #hasChanged = false;
  #listening: number | undefined;
  #malformed = 0;
  #unlisten: (() => void)[] = [];
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: Client, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  get totals(): JobTotals {
    return this.#jobs.totals;
  }

  get counts(): readonly JobCount[] {
    return this.#jobs.counts();
  }

  /** When the oldest of those that wait was asked for, by program. */
  get oldest(): ReadonlyMap<string, number> {
    const oldest = new Map<string, number>();
    for (const { program, asked } of this.#jobs.waiting)
      oldest.set(program, Math.min(asked, oldest.get(program) ?? Infinity));
    return oldest;
  }

  get holders(): readonly HolderView[] {
    return Array.from(this.#holders.values(), ({ host, size, heard, isUnheard }) => ({
      ...{ host, jobs: size, heard, isUnheard },
    })).sort((a, b) => (a.host < b.host ? -1 : 1));
  }

  /** Where programs run, as those tell who are heard of. */
  get backends(): readonly BackendView[] {
    const all = [...this.#holders.values()].filter(({ isUnheard }) => !isUnheard).flatMap(({ backends }) => backends);
    return Array.from(
      Map.groupBy(all, ({ name }) => name),
      ([name, told]) => {
        const trouble = told.find((each) => each.trouble !== undefined)?.trouble;
        const places = new Map(told.flatMap((each) => each.places ?? []).map((place) => [place.name, place]));
        const knows = told.some((each) => each.places !== undefined);
        return {
          name,
          ...(trouble === undefined ? {} : { trouble }),
          ...(knows ? { places: [...places.values()].sort((a, b) => (a.name < b.name ? -1 : 1)) } : {}),
        };
      },
    ).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Jobs that wait, and that nothing takes; as of the last second. */
  get untaken(): readonly UntakenView[] {
    return this.#untaken;
  }

  /** Queues in which messages wait that are to become jobs. */
  get queues(): ReadonlySet<string> {
    return new Set(Array.from(this.#holders.values(), ({ queue }) => queue));
  }

  get malformed(): number {
    return this.#malformed;
  }

  /** One page, with all that belongs to it but the queues. */
  page(filter: JobFilter, at: { readonly after?: string; readonly limit: number }): Omit<JobsView, 'queued'> {
    const inOrder = new Set(
      [...this.#holders.values()].flatMap(({ backends }) => backends.flatMap((b) => (b.isInOrder ? b.name : []))),
    );
    const { backends, holders, untaken } = this;
    const isAll = this.#isAll;
    return {
      ...this.#jobs.page(filter, { ...at, inOrder }),
      counts: this.#jobs.counts(filter),
      ...{ backends, holders, untaken, lost: this.#lost, isAll },
    };
  }

  async start(): Promise<void> {
    const { events } = this.#client;
    this.#unlisten = [
      events.on('connected', () => (this.#listening = this.#clock.now())),
      events.on('disconnected', () => (this.#listening = undefined)),
    ];
    if (this.#client.isConnected) this.#listening = this.#clock.now();
    const request = { destination: this.#client.topic(names.jobs), ack: 'auto' } as const;
    this.#subscription = await this.#client.subscribe(request, (delivery) => this.#take(delivery));
    this.#timer = setInterval(() => this.#check(), checkInterval);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const end of this.#unlisten) end();
    await this.#subscription?.unsubscribe();
  }

  get #jobs(): JobList {
    return (this.#list ??= new JobList(this.#holders.values()));
  }

  get #isAll(): boolean {
    const listening = this.#listening;
    if (listening === undefined || this.#clock.now() - listening < introduction) return false;
    return [...this.#holders.values()].every(({ isAll, isUnheard }) => isAll || isUnheard);
  }

  #take({ body }: Delivery): void {
    const message = readJobMessage(body);
    if (!message) {
      this.#malformed += 1;
      return;
    }
    const holder = this.#holderOf(message);
    if (!holder) return;
    const room = jobsAtMost - [...this.#holders.values()].reduce((sum, each) => sum + each.size, 0) + holder.size;
    if (!holder.take(message, this.#clock.now(), room) && message.isLast !== true) return;
    for (const other of this.#holders.values())
      if (other !== holder) for (const { key } of message.jobs) other.drop(key);
    if (message.isLast === true) this.#holders.delete(message.from);
    for (const ended of message.ended) this.#noteEnd(ended);
    this.#changed();
  }

  #holderOf(message: JobMessage): Holder | undefined {
    const known = this.#holders.get(message.from);
    if (known || this.#holders.size >= holdersAtMost) return known;
    const holder = new Holder(message, this.#clock.now());
    this.#holders.set(message.from, holder);
    return holder;
  }

  #noteEnd(ended: EndedJob): void {
    this.ends.note(ended);
    if (ended.end === 'lost') this.#lost = [ended, ...this.#lost].slice(0, lostAtMost);
  }

  #changed(): void {
    this.#list = undefined;
    this.#hasChanged = true;
  }

  #check(): void {
    const now = this.#clock.now();
    const listening = this.#listening;
    // Whoever could not be heard is not silent.
    for (const [from, holder] of listening === undefined ? [] : this.#holders) {
      const silence = now - Math.max(holder.heard, listening ?? now);
      if (silence > lifetime && !holder.isUnheard) {
        holder.isUnheard = true;
        this.#changed();
      }
      if (silence > forgotten) {
        this.#holders.delete(from);
        this.#changed();
      }
    }
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#findUntaken(now);
    this.events.emit('jobs', { totals: this.totals });
  }

  #findUntaken(now: number): void {
    const before = this.#untaken;
    this.#untaken = untakenOf(this.#jobs.waiting, this.backends).map((group) => {
      const known = before.find(({ backend, advice }) => backend === group.backend && advice === group.advice);
      return { ...group, since: known?.since ?? now };
    });
  }
}
