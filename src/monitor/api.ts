import type { AuditEntry, Way } from '../access/audit.ts';
import type { Role } from '../access/roles.ts';
import type { Json, JsonObject } from '../core/json.ts';
import type { FailedCounts } from './failed/views.ts';
import type { JobTotals } from './jobs/views.ts';
import type { Remark as RemarkView } from '../ledger/shift/remarks.ts';
import type { ShiftAccount } from '../ledger/shift/shift-views.ts';
import type { AnnouncementCounts, ResultView, RunSummary } from '../ledger/views.ts';
import type { BackfillPreview as Preview, BackfillView, Pace } from '../reprocess/views.ts';

/** What the REST interface answers and the event stream carries. The page imports these types and nothing else of ours. Times are milliseconds since 1970 UTC. */

export type {
  AnnouncementCounts,
  DeliveryTimes,
  DeliveryView,
  Page,
  PhaseLoad,
  ReplyView,
  ResultView,
  RunDetail,
  RunPage,
  RunRecipe,
  RunState,
  RunSummary,
  Spread,
  StepView,
  StepWaterfall,
  Waterfall,
} from '../ledger/views.ts';

export type { NumberedResult, ResultEntry } from '../ledger/views.ts';
export type { AuditEntry, AuditPage } from '../access/audit.ts';
export type { Remark as RemarkView } from '../ledger/shift/remarks.ts';
export type { BurntBudget, ShiftFailures, LongWait, MissingNumbers, NewVersion } from '../ledger/shift/shift-views.ts';
export type { LogLevel, LogLineView, LogPage } from '../ledger/logs/log-view.ts';
export type {
  DryRun,
  LintedRecipe,
  RecipeChange,
  RecipeEntry,
  RecipePreview,
  RecipeTrial,
  RecipeVersionEntry,
  RecipeVersionText,
  RecipeView,
  RulesChoice,
  SavedRecipe,
} from './recipes/views.ts';
export type { Finding } from '../recipes/finding.ts';
export type { AnnouncementChoices, AnnouncementPreview, HandAnnouncement } from './announcing/views.ts';
export type { ParameterField } from './announcing/announcing-site.ts';
export type { BulkAction, BulkItem, BulkPreview, BulkResult, BulkSelection } from './bulk/views.ts';
export type { DifferenceInWords } from '../recipes/diff-words.ts';
export type { ParameterChange, RerunPreview, RerunRecipe, RerunStep, RerunWish, StartedView } from './reruns/views.ts';
export type {
  Addressing,
  CanaryOutcome,
  FailureCounts,
  FailureGroup,
  FailureView,
  LetterAction,
  LetterActionKind,
} from '../ledger/failures/failure-views.ts';
export type {
  Addressed,
  BegunAction,
  FailedCounts,
  FailedPage,
  FailureGroupView,
  FailureLetter,
  LetterPreview,
  LetterView,
} from './failed/views.ts';
export type {
  BackendView,
  HolderView,
  JobCount,
  JobState,
  JobsView,
  JobTotals,
  JobView,
  QueuedView,
  UntakenView,
} from './jobs/views.ts';
export type { EndedJob, ToldPlace } from '../services/jobs/job-message.ts';
export type { Role } from '../access/roles.ts';
export type {
  BackfillRequest,
  BackfillRun,
  BackfillState,
  BackfillView,
  Hold,
  ItemState,
  Pace,
  ParameterField as BackfillField,
  Selection,
  SourceRun,
} from '../reprocess/views.ts';

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
  /** What it says that it can be told; absent where it is no service of Baton's. */
  readonly controls?: readonly string[];
  /** What holds it back, where something does: it takes no more until that is over. */
  readonly paused?: PauseView;
  readonly extra: JsonObject;
}

/** Something that happened to a service. */
export interface ServiceHappening {
  readonly time: number;
  /** `serviceClass on host.pid`. */
  readonly service: string;
  readonly what: 'started' | 'back' | 'lost' | 'ended';
  readonly version?: string;
  /** The version that it had on that host before. */
  readonly before?: string;
}

/** A check that changed, for a while at least. */
export interface HealthHappening {
  readonly time: number;
  readonly check: string;
  readonly state: HealthState;
  readonly before: HealthState;
  readonly message: string;
}

export type HandoverBackfill = Pick<BackfillView, 'id' | 'state' | 'created' | 'creator' | 'reason' | 'counts'>;

/** What a shift hands over. */
export interface HandoverView extends Omit<ShiftAccount, 'announcements' | 'runs'> {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** Of the site. */
  readonly timeZone: string;
  /** The latest first: from when to when each is, or was. */
  readonly shifts: readonly { readonly from: number; readonly to: number }[];
  /** `waiting`: in the queues now, where the shift goes on. */
  readonly announcements: ShiftAccount['announcements'] & { readonly waiting: number; readonly balances: boolean };
  readonly runs: ShiftAccount['runs'] & { readonly balances: boolean };
  readonly services: readonly ServiceHappening[];
  readonly health: readonly HealthHappening[];
  /** For operators. */
  readonly audit?: readonly AuditEntry[];
  readonly backfills: readonly HandoverBackfill[];
  readonly remarks: readonly RemarkView[];
}

/** Services that take no more until somebody says otherwise. */
export interface PauseView {
  /** The class of the services; `*` for all. */
  readonly service: string;
  /** Their machine; `*` for all. */
  readonly host: string;
  readonly since: number;
  readonly who: string;
  readonly reason: string;
}

/** What services can be told. */
export type ServiceOrder = 'pause' | 'resume' | 'drain' | 'shutdown';

/** A service that an order would reach. */
export interface OrderTarget {
  readonly host: string;
  readonly service: string;
  readonly serviceClass: string;
  /** False where it does not know the order, and goes on. */
  readonly obeys: boolean;
  readonly note?: string;
}

/** Whom an order would reach now. */
export interface OrderPreview {
  readonly order: ServiceOrder;
  /** In words: `xray-centring on all hosts`. */
  readonly who: string;
  readonly targets: readonly OrderTarget[];
}

/** What has become of an order at a service, as far as it has told. */
export interface OrderState extends OrderTarget {
  readonly state: 'paused' | 'pausing' | 'resumed' | 'ending' | 'ended' | 'silent' | 'cannot';
}

/** What has become of an order. */
export interface OrderView {
  readonly order: ServiceOrder;
  readonly targets: readonly OrderState[];
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
      readonly jobs: JobTotals;
      readonly runs: readonly RunSummary[];
      readonly announcements: AnnouncementCounts;
      readonly failed: FailedCounts;
    }
  | { readonly type: 'service'; readonly service: ServiceView }
  | { readonly type: 'queues'; readonly queues: readonly QueueView[] }
  | { readonly type: 'run'; readonly run: RunSummary }
  | { readonly type: 'result'; readonly run: string; readonly result: ResultView }
  /** There are new log lines of these runs; with `others`, of more. Who shows one asks for them. */
  | { readonly type: 'logs'; readonly runs: readonly string[]; readonly others: boolean }
  /** Something failed, was addressed, or is being sent again. */
  | { readonly type: 'failed'; readonly failed: FailedCounts }
  /** Something is new about programs that run and wait. */
  | { readonly type: 'jobs'; readonly jobs: JobTotals }
  | { readonly type: 'health'; readonly health: Health }
  | { readonly type: 'backfill'; readonly backfill: BackfillView }
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
  readonly way: Exclude<Way, 'command line' | 'broker'>;
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

/** What a back-fill would be, and how fast where nothing else is said. */
export interface BackfillPreview extends Preview {
  readonly pace: Pace;
}

/** A back-fill that was cancelled, and how many of its runs that were under way are, too. */
export interface CancelledBackfill {
  readonly backfill: BackfillView;
  readonly runs: number;
}

/** Every error answer: a stable code, what was wrong, and what to do. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}
