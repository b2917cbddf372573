/** What a job takes of a host, and what a host has. */
export interface Resources {
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  readonly gpus: number;
}

/** What ends a job when it is exceeded. */
export interface Limits {
  /** How long it may run, without the time it waits to be started. */
  readonly seconds: number;
  /** Bytes of memory, over all its processes. */
  readonly memory?: number;
  /** Processes at the same time. */
  readonly processes?: number;
  /** Open files of one process. */
  readonly files?: number;
  /** Bytes of any one file that it writes. */
  readonly fileBytes?: number;
  /** Bytes of what it prints, and of its answers. */
  readonly outputBytes: number;
}

/** For whom a job runs: by this jobs are put in order, limited, and shown. */
export interface JobOrigin {
  readonly run: string;
  readonly step: number;
  /** The site's name of the program. */
  readonly program: string;
  readonly beamline?: string;
  /** 0 to 9, as of messages: live work above reprocessing. */
  readonly priority: number;
}

/** An image in which a program runs, as the site has it. All paths are from the root. */
export interface Container {
  /** The program that enters it: `apptainer`, `singularity` or Charliecloud's `ch-run`, by its path. */
  readonly engine: string;
  /** A file or folder with the image, or what else the engine takes for one. */
  readonly image: string;
  /** Folders of the host that are there, too, under the same path: `/path`, or `/path:/other` and what the engine takes. */
  readonly binds?: readonly string[];
  /** More options for the engine. */
  readonly options?: readonly string[];
}

/** A program to be run: everything is known and permitted. */
export interface Job {
  /** Names the job, the same when its message comes again: by it a backend that outlives this process finds what it runs. */
  readonly key: string;
  readonly origin: JobOrigin;
  /** The program and its arguments; no shell looks at them. */
  readonly command: readonly [path: string, ...given: string[]];
  /** Where the program is, if that is not the host itself. */
  readonly container?: Container;
  /** All that it gets, beside where its files are: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of its step, in Zocalo's format. */
  readonly message: string;
  /** What it reads as its standard input. */
  readonly input: string;
  /** Where it works, from the root; a folder of its own, which is removed after it, where absent. */
  readonly directory?: string;
  /** The account that it runs as; that of Baton where absent. */
  readonly user?: string;
  readonly resources: Resources;
  /** What the host must be that it runs on, where there are several kinds. */
  readonly label?: string;
  readonly limits: Limits;
  /** So many of its program run at the same time at most; any number where absent. */
  readonly atOnce?: number;
}

/** By what a job is found that was handed over. */
export type HandedOver = Pick<Job, 'key' | 'label'>;

/** A job that was handed over and waits. */
export type AwaitedJob = Pick<Job, 'key' | 'label' | 'resources'>;

/** Who waits for a job to begin. */
export interface Waker {
  /** There is something to hear of it. */
  readonly wake: () => void;
  /** As that of `JobListener`. */
  readonly waits?: JobListener['waits'];
}

/** Who is told of a job while it runs. What is told goes no further than a few hundred lines a second. */
export interface JobListener {
  /** Why it has not begun: a sentence for a person, again when another is true; also for one that had begun, and was given back. */
  readonly waits?: (why: string) => void;
  /** It has its resources, and begins; `since` (milliseconds since 1970) where it had before this was known. */
  readonly started?: (host: string, since?: number) => void;
  /** Whole lines that it printed. */
  readonly printed?: (lines: readonly string[]) => void;
  /** Whole lines of its answers, from the first, in order. */
  readonly answered?: (lines: readonly string[]) => void;
}

/** A limit that was exceeded. */
export type Exceeded = 'time' | 'memory' | 'processes' | 'output';

/** Why a job is given up that nobody can wait for any longer: by this a backend that outlives this process ends it. Any other end of its signal only lets go of it. */
export const endings: ReadonlySet<unknown> = new Set(['cancelled', 'timeout']);

/** How a job ended, and what it took: what is kept of every run of a program. */
export interface JobAccount {
  readonly backend: string;
  readonly host: string;
  /** Absent where a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** The limit for which it was ended. */
  readonly exceeded?: Exceeded;
  /** Seconds that it waited for its resources, and that it ran. */
  readonly waited: number;
  readonly seconds: number;
  /** Processor time and most memory (bytes) over all its processes, as last seen; absent for what ended before anybody looked. */
  readonly cpuSeconds?: number;
  readonly peakMemory?: number;
}

export interface Ended extends JobAccount {
  /** Whoever ran it is not heard of any more; what is known of it is as last told. */
  readonly isLost?: boolean;
  /** Why it came to that end, where whoever ran it knows: the rest of a sentence, as `it was cancelled in Slurm by root`. */
  readonly cause?: string;
  /** What it printed: all, or its beginning and its end. */
  readonly log: string;
  /** What it answered, as it wrote it; or why that cannot be read. */
  readonly answers: { readonly text: string } | { readonly problem: string };
  /** Its processes that are still there, though they were killed: the kernel waits for a disk or a network, perhaps. */
  readonly left: readonly number[];
}

/** Somewhere that jobs run, as it tells of itself: a worker, or this host. */
export interface Place {
  /** Unique in its backend: `host.pid`, of a host. */
  readonly name: string;
  readonly capacity: Resources;
  /** What its jobs have of that; absent where it does not tell. */
  readonly used?: Resources;
  /** It takes jobs for these, beside those for any. */
  readonly labels: readonly string[];
  /** Jobs that it runs, or holds until they fit. */
  readonly running: number;
  /** It takes no more. */
  readonly isDraining: boolean;
}

/** Codes of errors of `run` that say nothing of the next time: a host failed, not the job. */
export const passing: ReadonlySet<string> = new Set(['compute.not-run']);

/** Where programs run. One port; what implements it stands beside this file. */
export interface Backend extends AsyncDisposable {
  readonly name: string;
  /** Ends, or finds again, what an earlier process of it left behind. */
  start(): Promise<void>;
  /**
   * Runs a job when it is its turn and there is room for it. Resolves when it and all processes it started are gone, also
   * when it was ended because the signal was aborted. Rejects with the signal's reason when it had not begun, and with
   * `compute.…` for what cannot be started.
   */
  run(job: Job, signal: AbortSignal, listener?: JobListener): Promise<Ended>;
  /**
   * For a backend that outlives this process: hands the job over, so that it runs whatever becomes of this process. `run`
   * finds it by its key. Handing over twice is no harm.
   */
  readonly submit?: (job: Job) => Promise<void>;
  /**
   * For such a backend: wakes who waits for a job once it runs, has come to an end, or is found not to be there: then `run`
   * has something to do. Never before this returned; what it returns ends the waiting. So nothing has to be kept here of
   * jobs that only wait.
   */
  readonly awaits?: (job: AwaitedJob, waker: Waker) => () => void;
  /** For such a backend: what came of the job is settled, and need not be kept. */
  readonly forget?: (job: HandedOver) => Promise<void>;
  /** For such a backend: ends a job that nobody waits for. Resolves when it is gone, or has ended. */
  readonly abandon?: (job: HandedOver) => Promise<void>;
  /** Where its jobs can run now, for a backend that knows. Rejects where that cannot be told, with why. */
  readonly places?: () => Promise<readonly Place[]>;
  /** Jobs begin in the order of their priority, and of equals in turn between their runs, wherever they fit. */
  readonly isInOrder?: boolean;
  /** Ends what runs, where that cannot outlive this process. May be called twice, and before `start`. */
  stop(): Promise<void>;
}
