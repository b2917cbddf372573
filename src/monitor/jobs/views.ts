import type { EndedJob, ToldJob, ToldPlace } from '../../services/jobs/job-message.ts';

/** `ending`: told to end, and not yet gone; `unheard`: whoever held it has fallen silent, and nothing of it is known now. */
export type JobState = 'unheard' | 'ending' | 'running' | 'waiting';

/** A program that a service has run, or is to have run. */
export interface JobView extends ToldJob {
  readonly state: JobState;
  /** `host.pid` of the service that holds it. */
  readonly holder: string;
  /** When the holder was last heard of. */
  readonly heard: number;
  /** Of one that waits: so many are to begin before it, where its backend goes by priority. */
  readonly before?: number;
}

/** How many jobs there are of a kind. `host` is absent for those that wait. */
export interface JobCount {
  readonly backend: string;
  readonly host?: string;
  readonly program: string;
  readonly state: JobState;
  readonly jobs: number;
}

export type JobTotals = Readonly<Record<JobState, number>>;

/** What runs programs. */
export interface BackendView {
  readonly name: string;
  /** Why it cannot be asked. */
  readonly trouble?: string;
  /** Absent where it does not tell. */
  readonly places?: readonly ToldPlace[];
}

/** A service that holds jobs. */
export interface HolderView {
  /** `host.pid`. */
  readonly host: string;
  readonly jobs: number;
  readonly heard: number;
  /** It has fallen silent. */
  readonly isUnheard: boolean;
}

/** Jobs that wait, and that nothing takes. */
export interface UntakenView {
  readonly backend: string;
  readonly jobs: number;
  readonly since: number;
  readonly message: string;
  /** What to do. */
  readonly advice: string;
}

/** A queue in which messages wait that have become no jobs yet. */
export interface QueuedView {
  readonly queue: string;
  readonly waiting: number;
  readonly consumers: number;
}

/** One page of the jobs, and what there is to know about all. */
export interface JobsView {
  readonly items: readonly JobView[];
  readonly next?: string;
  /** Of all that fit, on whatever page. */
  readonly total: number;
  /** Of all that fit but for their state. */
  readonly counts: readonly JobCount[];
  readonly backends: readonly BackendView[];
  readonly holders: readonly HolderView[];
  readonly untaken: readonly UntakenView[];
  readonly queued: readonly QueuedView[];
  /** Those that were lost last, the latest first. */
  readonly lost: readonly EndedJob[];
  /** False for some seconds after a start, or the loss of a message: then there may be more. */
  readonly isAll: boolean;
}
