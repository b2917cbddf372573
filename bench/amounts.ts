import type { Scan } from './analysis.ts';
import type { BrokerStoreAmounts } from './broker-store.ts';
import type { ComputeAmounts } from './compute.ts';
import type { IntakeAmounts } from './ledger-intake.ts';
import type { Runs } from './ledger-records.ts';
import { standardLoad, type Load } from './load.ts';
import type { PageAmounts } from './page.ts';
import type { PagesAmounts } from './pages.ts';
import type { QueryAmounts } from './queries.ts';
import type { ScalingAmounts } from './scaling.ts';

/** How much is measured for each figure. */
export interface Amounts {
  readonly passThrough: { readonly load: Load; readonly rounds: number };
  readonly announcements: number;
  readonly idle: { readonly services: number; readonly seconds: number };
  readonly scans: Readonly<Record<string, Scan>>;
  readonly brokerStore: BrokerStoreAmounts;
  readonly compute: ComputeAmounts;
  readonly ledger: Runs;
  readonly ledgerIntake: IntakeAmounts;
  readonly queries: QueryAmounts;
  readonly pages: PagesAmounts;
  readonly page: PageAmounts;
  readonly scaling: ScalingAmounts;
}

/** What the figures of bench/README.md are measured with. */
export const full: Amounts = {
  passThrough: { load: { ...standardLoad, messages: 60_000 }, rounds: 5 },
  announcements: 500,
  idle: { services: 100, seconds: 10 },
  scans: {
    '1.1M': { width: 1030, height: 1065, frames: 60, rounds: 3 },
    '6.2M': { width: 2463, height: 2527, frames: 16, rounds: 3 },
  },
  brokerStore: { messages: 20_000, rounds: 3, commits: 5_000, connections: 32, backlog: 1_000_000 },
  compute: { programs: 2_000, jobs: 10_000, waiting: 10_000 },
  ledger: { runs: 50_000, deliveries: 4 },
  ledgerIntake: {
    runs: { runs: 4_000, deliveries: 50 },
    readers: { pages: 20, runPages: 5, listing: 8 },
    paced: 5_000,
    pacedSeconds: 20,
    logLines: 20_000,
  },
  queries: { store: { runs: 1_000_000, deliveries: 10 }, largeRun: 10_000, audited: 5_000, rounds: 100 },
  pages: { readers: { pages: 200, runPages: 20, listing: 0 }, recordsPerSecond: 500, services: 100, seconds: 20 },
  page: { loads: 9, eventsPerSecond: [10, 500], seconds: 20 },
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
  compute: { programs: 50, jobs: 100, waiting: 100 },
  ledger: { runs: 200, deliveries: 4 },
  ledgerIntake: {
    runs: { runs: 2_000, deliveries: 10 },
    readers: { pages: 2, runPages: 1, listing: 2 },
    paced: 500,
    pacedSeconds: 1,
    logLines: 500,
  },
  queries: { store: { runs: 200, deliveries: 4 }, largeRun: 100, audited: 20, rounds: 2 },
  pages: { readers: { pages: 5, runPages: 2, listing: 0 }, recordsPerSecond: 100, services: 10, seconds: 1 },
  page: { loads: 1, eventsPerSecond: [20], seconds: 2 },
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
