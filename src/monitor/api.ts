import type { Way } from '../access/audit.ts';
import type { Role } from '../access/roles.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { AnnouncementCounts, ResultView, RunSummary } from '../ledger/views.ts';

/** What the REST interface answers and the event stream carries. The page imports these types and nothing else of ours. Times are milliseconds since 1970 UTC. */

export type {
  AnnouncementCounts,
  DeliveryView,
  Page,
  ReplyView,
  ResultView,
  RunDetail,
  RunRecipe,
  RunState,
  RunSummary,
  StepView,
} from '../ledger/views.ts';

export type { NumberedResult, ResultEntry } from '../ledger/views.ts';
export type { AuditPage } from '../access/audit.ts';
export type { LogLevel, LogLineView, LogPage } from '../ledger/logs/log-view.ts';
export type { Role } from '../access/roles.ts';

export type HealthState = 'pass' | 'notice' | 'warning' | 'error';

export interface HealthCheck {
  readonly check: string;
  readonly state: HealthState;
  readonly message: string;
  readonly since: number;
  /** What to do; absent when all is well. */
  readonly advice?: string;
  /** Where the page shows what was found: a path of it. */
  readonly see?: string;
}

export interface Health {
  readonly state: HealthState;
  readonly version: string;
  readonly checks: readonly HealthCheck[];
}

/** A service as its heartbeats on `transient.status` tell. Fields of the heartbeat that Baton does not know stand in `extra`. */
export interface ServiceView {
  /** host.pid, and with it one instance. */
  readonly host: string;
  readonly service: string;
  readonly serviceClass: string;
  readonly status: number;
  readonly statusText: string;
  /** Fractions of time by status number, as in the heartbeat. */
  readonly utilization: Readonly<Record<string, number>>;
  readonly lastSeen: number;
  /** True when the last heartbeat's `expires` has passed without another. */
  readonly lost: boolean;
  readonly version?: string;
  readonly extra: JsonObject;
}

export interface QueueView {
  readonly name: string;
  readonly waiting: number;
  readonly inFlight: number;
  readonly consumers: number;
  /** Totals since the broker started, as it counts them. */
  readonly enqueued: number;
  readonly dequeued: number;
  /** Messages per second over the last interval. */
  readonly inRate: number;
  readonly outRate: number;
}

/** What `GET /api/events` sends: the event's name is `type`, its data this object. On connecting, one `snapshot` comes first. */
export type LiveEvent =
  | {
      readonly type: 'snapshot';
      readonly time: number;
      readonly health: Health;
      readonly services: readonly ServiceView[];
      readonly queues: readonly QueueView[];
      readonly runs: readonly RunSummary[];
      readonly announcements: AnnouncementCounts;
    }
  | { readonly type: 'service'; readonly service: ServiceView }
  | { readonly type: 'queues'; readonly queues: readonly QueueView[] }
  | { readonly type: 'run'; readonly run: RunSummary }
  | { readonly type: 'result'; readonly run: string; readonly result: ResultView }
  /** There are new log lines of these runs; with `others`, of more. Who shows one asks for them. */
  | { readonly type: 'logs'; readonly runs: readonly string[]; readonly others: boolean }
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'announcements'; readonly announcements: AnnouncementCounts };

/** Who one is here. */
export interface SessionView {
  /** Absent for strangers. */
  readonly user?: UserView;
  /** Whether there is anybody who could log in with a password. */
  readonly passwords: boolean;
}

/** Who asks, and what that lets him or her do. */
export interface UserView {
  readonly name: string;
  readonly role: Role;
  /** How that is known; only a `session` can be logged out of here. */
  readonly way: Exclude<Way, 'command line'>;
}

/** A file that a result of a run names. */
export interface FileEntry {
  /** Its number among the files of the run, from 1. */
  readonly n: number;
  readonly name: string;
  readonly path: string;
  readonly step: number;
  /** Whether it lies where the site gives out files. */
  readonly isGiven: boolean;
}

/** What a JSONPath leads to in a result. */
export interface SelectedResult {
  /** The number of the result. */
  readonly n: number;
  readonly time: number;
  readonly step: number;
  readonly path: string;
  /** In the order of RFC 9535; `at` is the normalized path of each. */
  readonly matches: readonly { readonly at: string; readonly value: Json }[];
}

/** What became of the wish to cancel a run; `ended` is the state of one that has ended before. */
export interface CancelView {
  readonly run: string;
  readonly state: 'cancelled' | 'ended' | 'unknown';
  readonly ended?: string;
}

/** Every error answer: a stable code, what was wrong, and what to do. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}
