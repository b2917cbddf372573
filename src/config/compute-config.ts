import type { Resources } from '../compute/backend.ts';

/** What programs may have of this host, as far as that is said. */
export interface LocalConfig extends Partial<Resources> {
  /** What its driver calls the gpus. */
  readonly devices?: readonly string[];
  readonly perBeamline?: number;
  /** How many wait for room on this host. */
  readonly waiting?: number;
}

/** Where programs are handed over to other hosts. */
export interface BullMqConfig {
  readonly url: string;
  readonly prefix: string;
  readonly waiting: number;
  /** Programs of one beamline at the same time, over all hosts. */
  readonly perBeamline?: number;
  readonly labels: readonly string[];
  readonly rate?: { readonly jobs: number; readonly seconds: number };
}

/** Where in Slurm jobs go. */
export interface SlurmPlaceConfig {
  readonly partition?: string;
  readonly account?: string;
  readonly qos?: string;
  readonly constraint?: string;
}

/** How programs are handed over to a cluster. */
export interface SlurmConfig extends SlurmPlaceConfig {
  readonly folder: string;
  readonly scratch?: string;
  readonly node?: string;
  readonly bin?: string;
  readonly conf?: string;
  readonly labels: Readonly<Record<string, SlurmPlaceConfig>>;
  readonly reprocessing: SlurmPlaceConfig & { readonly nice: number };
  readonly requeue: boolean;
  readonly poll: number;
  readonly waiting: number;
}
