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

/** A program to be run: everything is known and permitted. Paths are absolute. */
export interface Job {
  /** Names the job, the same when its message comes again: by it a backend that outlives this process finds what it runs. */
  readonly key: string;
  /** From `folderFor`; `filesOf` names what is in it. */
  readonly folder: string;
  /** The program and its arguments; no shell looks at them. */
  readonly command: readonly [path: string, ...given: string[]];
  /** All that it gets: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it works. */
  readonly directory: string;
  /** The account that it runs as; that of Baton where absent. */
  readonly user?: string;
  readonly resources: Resources;
  readonly limits: Limits;
}

/** The files of a job, and the folders that it may fill; all are in its own. */
export interface JobFiles {
  /** What it reads as its standard input. */
  readonly input: string;
  readonly message: string;
  /** Written by the program: not there when it starts. */
  readonly answers: string;
  /** What it prints, to standard output and standard error. */
  readonly log: string;
  readonly work: string;
  readonly temporary: string;
}

export function filesOf(folder: string): JobFiles {
  return {
    input: `${folder}/input`,
    message: `${folder}/message.json`,
    answers: `${folder}/answers.jsonl`,
    log: `${folder}/log`,
    work: `${folder}/work`,
    temporary: `${folder}/tmp`,
  };
}

/** A limit that was exceeded. */
export type Exceeded = 'time' | 'memory' | 'processes' | 'output';

/** How a job ended. */
export interface Ended {
  /** Absent where a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: string;
  /** The limit for which it was ended. */
  readonly exceeded?: Exceeded;
  readonly host: string;
  /** How long it waited for its resources, and how long it ran. */
  readonly waited: number;
  readonly seconds: number;
  /** Processor time and most memory (bytes) over all its processes, as last seen; absent for what ended before anybody looked. */
  readonly cpuSeconds?: number;
  readonly peakMemory?: number;
  /** What it printed: all, or its beginning and its end. */
  readonly log: string;
  /** Its processes that are still there, though they were killed: the kernel waits for a disk or a network, perhaps. */
  readonly left: readonly number[];
}

/** Where programs run. One port; what implements it stands beside this file. */
export interface Backend extends AsyncDisposable {
  readonly name: string;
  /** All that it has: who asks for more is refused at once. */
  readonly capacity: Resources;
  /** Ends what an earlier process of it left behind. */
  start(): Promise<void>;
  /** A new folder for the files of a job, which its program reaches and that account owns. Removed with `discard`, or by the next start. */
  folderFor(key: string, user?: string): Promise<string>;
  discard(folder: string): Promise<void>;
  /**
   * Runs a job when there is room for it, in the order asked. Resolves when it and all processes it started are gone.
   * Aborting the signal ends it; then this rejects with the signal's reason. Throws `compute.…` for what cannot be started.
   */
  run(job: Job, signal: AbortSignal): Promise<Ended>;
  /** Ends all that runs. May be called twice, and before `start`. */
  stop(): Promise<void>;
}
