/** Where in Slurm jobs go: what `sbatch` is told. */
export interface SlurmPlace {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  /** What nodes must have (`--constraint`). */
  readonly constraint?: string;
}

/** How the programs of a site run in a cluster. */
export interface SlurmSettings extends SlurmPlace {
  /** Seen by this host and by all nodes under the same path; nobody but the account of Baton may write there. */
  readonly folder: string;
  /** For the files of programs on the nodes; in `folder` where absent. */
  readonly scratch?: string;
  /** Node.js on the nodes; where it is on this host, where absent. */
  readonly node?: string;
  /** Where Slurm's commands are; where the system has its commands, where absent. */
  readonly bin?: string;
  /** `slurm.conf`; where Slurm looks by itself, where absent. */
  readonly conf?: string;
  /** Where jobs go that ask for such a host, in place of what is said for all. */
  readonly labels: Readonly<Record<string, SlurmPlace>>;
  /** The same for work that is less urgent than live work. */
  readonly reprocessing: SlurmPlace & {
    /** By so much its priority is lowered. */
    readonly nice: number;
  };
  /** Slurm may run a program again that lost its node, or its place. */
  readonly requeue: boolean;
  /** Seconds between two looks. */
  readonly poll: number;
}

/** A job that is not heard of for so long (ms) is lost. */
export const lease = 20_000;
/** Milliseconds between two proofs of life where nothing else is to be told, and between two times that something is. */
export const heartbeat = 3_000;
export const telling = 1_000;
/** Seconds for which the result of a job is kept that nobody fetches. */
export const keptFor = 7 * 24 * 3600;
