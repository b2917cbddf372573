import type { Json, JsonObject } from '../core/json.ts';
import type { SentOutput, StepOutcome, Cause } from '../services/record.ts';

/** What the REST interface answers and the event stream carries. The page imports these types and nothing else of ours. Times are milliseconds since 1970 UTC. */

export type HealthState = 'pass' | 'notice' | 'warning' | 'error';

export interface HealthCheck {
  readonly check: string;
  readonly state: HealthState;
  readonly message: string;
  readonly since: number;
  /** What to do; absent when all is well. */
  readonly advice?: string;
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

/** `inferred` runs pass through services that leave no records. */
export type RunState = 'running' | 'finished' | 'failed' | 'cancelled';

export interface RunSummary {
  readonly id: string;
  readonly state: RunState;
  readonly inferred: boolean;
  readonly recipes: readonly string[];
  readonly announced: number;
  readonly ended?: number;
  readonly beamline?: string;
  readonly visit?: string;
  readonly collection?: string;
  readonly runNumber?: string;
  readonly event?: string;
  readonly user?: string;
  /** Messages of this run, over all its steps. */
  readonly sent: number;
  readonly waiting: number;
  readonly failed: number;
}

/** One step's part of the equation: sent = done + joined + skipped + duplicate + late + errorLink + dead + cancelled + waiting. */
export interface StepView {
  readonly step: number;
  readonly service?: string;
  readonly queue?: string;
  readonly sent: number;
  readonly waiting: number;
  readonly done: number;
  readonly joined: number;
  readonly skipped: number;
  readonly duplicate: number;
  readonly late: number;
  readonly errorLink: number;
  readonly dead: number;
  readonly cancelled: number;
  readonly retries: number;
  readonly deferrals: number;
}

export interface DeliveryView {
  readonly id: string;
  readonly key: string;
  readonly step: number;
  readonly service: string;
  readonly host: string;
  readonly attempt: number;
  readonly deferral: number;
  readonly outcome: StepOutcome;
  readonly sent: number;
  readonly received: number;
  readonly started: number;
  readonly finished: number;
  readonly cause?: Cause;
  readonly outputs: readonly SentOutput[];
}

export interface ResultView {
  readonly time: number;
  readonly step: number;
  readonly result: Json;
}

export interface ReplyView {
  readonly status: string;
  readonly to: string;
  readonly outcome: 'sent' | 'late' | 'undeliverable';
  readonly time: number;
  readonly reason?: string;
}

export interface RunDetail extends RunSummary {
  readonly parameters: JsonObject;
  readonly recipe?: JsonObject;
  readonly recipeHash?: string;
  readonly steps: readonly StepView[];
  /** The latest first, at most 200. */
  readonly deliveries: readonly DeliveryView[];
  readonly results: readonly ResultView[];
  readonly replies: readonly ReplyView[];
}

/** One page of a list, newest first; `next` is the cursor for the page after it, absent on the last. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string;
}

/** announced = accepted + refused + duplicate (announcements still waiting stand in the broker's queue). */
export interface AnnouncementCounts {
  readonly announced: number;
  readonly accepted: number;
  readonly refused: number;
  readonly duplicate: number;
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
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'announcements'; readonly announcements: AnnouncementCounts };

/** Every error answer: a stable code, what was wrong, and what to do. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}
