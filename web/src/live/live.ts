import type {
  AnnouncementCounts,
  FailedCounts,
  Health,
  JobTotals,
  LiveEvent,
  QueueView,
  RunSummary,
  ServiceView,
} from '../../../src/monitor/api.ts';

/** What the feed has told so far. Parts that did not change are the same objects as before. */
export interface Live {
  readonly connection: Connection;
  /** Counts snapshots: whatever was asked of the monitor before the last one may have missed events. */
  readonly epoch: number;
  /** The monitor's clock minus this machine's, in milliseconds. */
  readonly skew: number;
  readonly health?: Health;
  readonly services: readonly ServiceView[];
  readonly queues: readonly QueueView[];
  readonly jobs?: JobTotals;
  /** The runs that changed last, by id. */
  readonly runs: ReadonlyMap<string, RunSummary>;
  readonly announcements?: AnnouncementCounts;
  readonly failed?: FailedCounts;
}

/** `lost`: what the page shows is as old as `since`. */
export interface Connection {
  readonly state: 'connecting' | 'live' | 'lost';
  readonly since: number;
}

/** So many runs are remembered: more than a list shows on one page, and no more however long the page stays open. */
const runsKept = 500;

/** Folds events at once, however many come, so that nothing piles up while the page is hidden; `publish` copies what changed. */
export class LiveState {
  readonly #services = new Map<string, ServiceView>();
  readonly #runs = new Map<string, RunSummary>();
  #servicesChanged = false;
  #runsChanged = false;
  #live: Live;

  constructor(now: number) {
    this.#live = {
      connection: { state: 'connecting', since: now },
      epoch: 0,
      skew: 0,
      services: [],
      queues: [],
      runs: new Map(),
    };
  }

  connection(state: Connection['state'], since: number): void {
    if (state !== this.#live.connection.state) this.#set({ connection: { state, since } });
  }

  /** `now` is this machine's clock. */
  apply(event: LiveEvent, now: number): void {
    switch (event.type) {
      case 'snapshot':
        this.#snapshot(event, now);
        break;
      case 'service':
        this.#keepService(event.service);
        break;
      case 'queues':
        this.#set({ queues: event.queues });
        break;
      case 'jobs':
        this.#set({ jobs: event.jobs });
        break;
      case 'run':
        this.#keepRun(event.run);
        break;
      case 'health':
        this.#set({ health: event.health });
        break;
      case 'announcements':
        this.#set({ announcements: event.announcements });
        break;
      case 'failed':
        this.#set({ failed: event.failed });
        break;
      case 'result':
      case 'logs':
      case 'backfill':
        // Belongs to a page of its own, which listens for it.
        break;
    }
  }

  publish(): Live {
    if (this.#servicesChanged) this.#set({ services: [...this.#services.values()] });
    if (this.#runsChanged) this.#set({ runs: new Map(this.#runs) });
    this.#servicesChanged = false;
    this.#runsChanged = false;
    return this.#live;
  }

  #snapshot(event: Extract<LiveEvent, { type: 'snapshot' }>, now: number): void {
    this.#services.clear();
    this.#runs.clear();
    for (const service of event.services) this.#keepService(service);
    for (const run of event.runs.toReversed()) this.#keepRun(run);
    this.#servicesChanged = true;
    this.#runsChanged = true;
    const { health, queues, jobs, announcements, failed } = event;
    this.#set({ epoch: this.#live.epoch + 1, skew: event.time - now, health, queues, jobs, announcements, failed });
  }

  #keepService(service: ServiceView): void {
    this.#services.set(`${service.host} ${service.service}`, service);
    this.#servicesChanged = true;
  }

  #keepRun(run: RunSummary): void {
    this.#runs.delete(run.id);
    this.#runs.set(run.id, run);
    if (this.#runs.size > runsKept) {
      const oldest = this.#runs.keys().next();
      if (!oldest.done) this.#runs.delete(oldest.value);
    }
    this.#runsChanged = true;
  }

  #set(part: Partial<Live>): void {
    this.#live = { ...this.#live, ...part };
  }
}
