import type { Amounts } from './amounts.ts';
import { analysis, type Analysis } from './analysis.ts';
import { brokerStore, type BrokerStore } from './broker-store.ts';
import { startBench, type BrokerName } from './brokers.ts';
import { compute, type Compute } from './compute.ts';
import { idleServices, type IdleServices } from './idle-services.ts';
import { announcementLatency, type Latency } from './latency.ts';
import { ledgerIntake, type LedgerIntake } from './ledger-intake.ts';
import { ledgerStore, type LedgerStore } from './ledger-store.ts';
import { page, type Page } from './page.ts';
import { pages, type Pages } from './pages.ts';
import { passThrough, type PassThrough } from './pass-through.ts';
import { queries, type Queries } from './queries.ts';
import { scaling, type Scaling } from './scaling.ts';

type OnBrokers<Figures> = Readonly<Partial<Record<BrokerName, Figures>>>;

/** What the bench tells: each part as it was asked for. */
export interface Report {
  readonly passThrough?: OnBrokers<PassThrough>;
  readonly latency?: OnBrokers<Latency>;
  readonly idleServices?: OnBrokers<IdleServices>;
  readonly perImageAnalysis?: Readonly<Record<string, Analysis>>;
  readonly store?: { readonly embedded: BrokerStore; readonly ledger: LedgerStore };
  readonly compute?: Compute;
  readonly ledgerIntake?: LedgerIntake;
  readonly queries?: Queries;
  readonly pages?: Pages;
  /** Absent where Chromium is not installed. */
  readonly page?: Page;
  readonly scaling?: OnBrokers<Scaling>;
}

export type PartName = keyof Report;

/** What a part measures with. */
export interface Bench {
  readonly brokers: readonly BrokerName[];
  readonly amounts: Amounts;
  /** What was measured before. */
  readonly report: Report;
  readonly say: (line: string) => void;
}

/** The parts, in the order in which they are measured. */
export const parts: { readonly [Name in PartName]-?: (bench: Bench) => Promise<NonNullable<Report[Name]>> } = {
  passThrough: async (bench) => onEach(bench, async (name) => fullLoad(name, bench.amounts)),
  latency: async (bench) =>
    onEach(bench, async (name) => {
      const { stepsPerSecond } = bench.report.passThrough?.[name] ?? (await fullLoad(name, bench.amounts));
      return announcementLatency(name, bench.amounts.announcements, stepsPerSecond);
    }),
  idleServices: async (bench) =>
    onEach(bench, async (name) => {
      await using broker = await startBench(name);
      const { services, seconds } = bench.amounts.idle;
      return await idleServices(broker.address, services, seconds);
    }),
  perImageAnalysis: async ({ amounts, say }) => {
    const all: Record<string, Analysis> = {};
    for (const [pixels, scan] of Object.entries(amounts.scans)) {
      const figures = await analysis(scan);
      say(`${pixels}: ${JSON.stringify(figures)}`);
      all[pixels] = figures;
    }
    return all;
  },
  store: async ({ amounts, say }) => {
    const embedded = await brokerStore(amounts.brokerStore);
    say(`embedded: ${JSON.stringify(embedded)}`);
    const ledger = await ledgerStore(amounts.ledger, say);
    say(`ledger: ${JSON.stringify(ledger)}`);
    return { embedded, ledger };
  },
  compute: async ({ amounts, say }) => compute(amounts.compute, say),
  ledgerIntake: async ({ amounts, say }) => ledgerIntake(amounts.ledgerIntake, say),
  queries: async ({ amounts, say }) => queries(amounts.queries, say),
  pages: async ({ amounts }) => pages(amounts.pages),
  page: async ({ amounts, say }) => page(amounts.page, say),
  scaling: async (bench) =>
    onEach(bench, async (name) =>
      scaling(
        async () => startBench(name),
        bench.amounts.scaling,
        (line) => bench.say(`${name}, ${line}`),
      ),
    ),
};

async function fullLoad(name: BrokerName, { passThrough: { load, rounds } }: Amounts): Promise<PassThrough> {
  await using broker = await startBench(name);
  return await passThrough(`${broker.address}/full`, load, rounds);
}

async function onEach<Figures>(
  { brokers, say }: Bench,
  measure: (name: BrokerName) => Promise<Figures>,
): Promise<OnBrokers<Figures>> {
  const all: Partial<Record<BrokerName, Figures>> = {};
  for (const name of brokers) {
    const figures = await measure(name);
    say(`${name}: ${JSON.stringify(figures)}`);
    all[name] = figures;
  }
  return all;
}
