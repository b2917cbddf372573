import type { Resources } from '../compute/backend.ts';

/** What programs may have of this host, as far as that is said. */
export interface LocalConfig extends Partial<Resources> {
  readonly perBeamline?: number;
  /** How many wait for room on this host. */
  readonly waiting?: number;
}

/** Where programs are handed over to other hosts. */
export interface BullMqConfig {
  readonly url: string;
  readonly prefix: string;
  readonly waiting: number;
  readonly labels: readonly string[];
  readonly rate?: { readonly jobs: number; readonly seconds: number };
}
