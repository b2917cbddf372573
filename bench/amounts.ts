import type { Scan } from './analysis.ts';
import type { BrokerStoreAmounts } from './broker-store.ts';
import type { Runs } from './ledger-records.ts';
import { standardLoad, type Load } from './load.ts';
import type { ScalingAmounts } from './scaling.ts';

/** How much is measured for each figure. */
export interface Amounts {
  readonly passThrough: { readonly load: Load; readonly rounds: number };
  readonly announcements: number;
  readonly idle: { readonly services: number; readonly seconds: number };
  readonly scans: Readonly<Record<string, Scan>>;
  readonly brokerStore: BrokerStoreAmounts;
  readonly ledger: Runs;
  readonly scaling: ScalingAmounts;
}

/** What the figures of bench/README.md are measured with. */
export const full: Amounts = {
  passThrough: { load: { ...standardLoad, messages: 40_000 }, rounds: 3 },
  announcements: 500,
  idle: { services: 100, seconds: 10 },
  scans: {
    '1.1M': { width: 1030, height: 1065, frames: 60, rounds: 3 },
    '6.2M': { width: 2463, height: 2527, frames: 16, rounds: 3 },
  },
  brokerStore: { messages: 20_000, rounds: 3, commits: 5_000, connections: 32, backlog: 1_000_000 },
  ledger: { runs: 50_000, deliveries: 4 },
  scaling: {
    messages: 4_000,
    rounds: 2,
    bytes: 160e6,
    queues: [1, 10, 100],
    services: [1, 10, 100],
    processes: [1, 2, 4],
    payloadKilobytes: [0.2, 1.5, 16, 256],
    backlog: [1_000, 100_000, 1_000_000],
  },
};

/** Enough to see that all works: seconds, and figures that say nothing. */
export const quick: Amounts = {
  passThrough: { load: { ...standardLoad, messages: 500 }, rounds: 1 },
  announcements: 5,
  idle: { services: 10, seconds: 1 },
  scans: { '0.1M': { width: 320, height: 320, frames: 6, rounds: 1 } },
  brokerStore: { messages: 1_000, rounds: 1, commits: 100, connections: 4, backlog: 2_000 },
  ledger: { runs: 200, deliveries: 4 },
  scaling: {
    messages: 500,
    rounds: 1,
    bytes: 160e6,
    queues: [2],
    services: [2],
    processes: [2],
    payloadKilobytes: [16],
    backlog: [1_000],
  },
};
