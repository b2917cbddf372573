import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { readTotals } from '../src/ledger/tables/totals.ts';
import { openReader } from '../src/ledger/store.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { floodLog } from './log-flood.ts';
import type { Runs } from './ledger-records.ts';
import { startMonitorProcess } from './monitor-process.ts';
import { startReading, type Readers } from './page-readers.ts';
import { processorSeconds } from './process-facts.ts';
import { feedRecords } from './record-feed.ts';

/** What the ledger is given, and who reads meanwhile. */
export interface IntakeAmounts {
  readonly runs: Runs;
  readonly readers: Readers;
  /** Records a second that have to be taken. */
  readonly paced: number;
  readonly pacedSeconds: number;
  /** Log lines a second of the flood. */
  readonly logLines: number;
}

/** How a ledger takes records in the process of the page. */
export interface Intake {
  /** Entered per second of the processor's time of that process, whatever else runs on the machine. */
  readonly recordsPerCoreSecond: number;
  readonly recordsPerSecond: number;
}

/** The same while records come at a given rate. */
export interface PacedIntake {
  readonly recordsPerSecond: number;
  readonly corePercent: number;
  /** Records that were sent and not entered yet when the last had been sent. */
  readonly behind: number;
  /** Milliseconds until the first byte of 95 of 100 answers. */
  readonly firstByteP95Ms: number;
}

export interface LedgerIntake {
  readonly alone: Intake;
  /** While the page is read. */
  readonly read: Intake;
  readonly paced: PacedIntake;
  /** While services log without end, too. */
  readonly flooded: PacedIntake;
}

/** Measures what the process with ledger and page takes from a queue that is full, and from one that is fed. */
export async function ledgerIntake(amounts: IntakeAmounts, say: (line: string) => void): Promise<LedgerIntake> {
  const told = <Figures>(name: string, figures: Figures): Figures => {
    say(`${name}: ${JSON.stringify(figures)}`);
    return figures;
  };
  const nobody = { pages: 0, runPages: 0, listing: 0 };
  return {
    alone: told('alone', await fromFull(amounts.runs, nobody)),
    read: told('while the page is read', await fromFull(amounts.runs, amounts.readers)),
    paced: told('at a given rate', await fromFed(amounts, 0)),
    flooded: told('in a flood of log lines', await fromFed(amounts, amounts.logLines)),
  };
}

/** As fast as it can: the records wait before. The first fifth does not count: by then the code is compiled. */
async function fromFull(runs: Runs, readers: Readers): Promise<Intake> {
  await using folder = await temporaryFolder();
  await using monitor = await startMonitorProcess(folder.path);
  const all = runs.runs * (runs.deliveries + 1);
  await using _reading = await startReading(monitor.port, readers, () => 0);
  using entered = new Entered(folder.path);
  const feeding = feedRecords(monitor.broker, runs);
  feeding.catch(() => undefined);
  const at = async (records: number): Promise<{ time: number; cpu: number; records: number }> => {
    while (entered.records < records) await setTimeout(5);
    return { time: performance.now(), cpu: await processorSeconds(monitor.pid), records: entered.records };
  };
  const [warm, end] = [await at(all / 5), await at(all)];
  await feeding;
  const records = end.records - warm.records;
  return {
    // Of what is over before the system's clock has moved on nothing is known.
    recordsPerCoreSecond: Math.round(records / Math.max(0.01, end.cpu - warm.cpu)),
    recordsPerSecond: Math.round((records / (end.time - warm.time)) * 1000),
  };
}

async function fromFed({ runs, readers, paced, pacedSeconds }: IntakeAmounts, logLines: number): Promise<PacedIntake> {
  await using folder = await temporaryFolder();
  await using monitor = await startMonitorProcess(folder.path);
  using entered = new Entered(folder.path);
  const live = (): number => Math.floor(entered.records / (runs.deliveries + 1));
  await using reading = await startReading(monitor.port, readers, live);
  await using _flood = await floodLog(monitor.broker, logLines, 20);
  const seconds = Math.max(1, pacedSeconds / 5);
  const count = (of: number): number => Math.ceil((paced * of) / (runs.deliveries + 1));
  const warm = await feedRecords(monitor.broker, { ...runs, runs: count(seconds) }, paced);
  const [began, cpu] = [performance.now(), await processorSeconds(monitor.pid)];
  const sent = await feedRecords(monitor.broker, { ...runs, first: count(seconds), runs: count(pacedSeconds) }, paced);
  const taken = (performance.now() - began) / 1000;
  const behind = warm + sent - entered.records;
  const used = (await processorSeconds(monitor.pid)) - cpu;
  return {
    recordsPerSecond: Math.round((sent - Math.max(0, behind)) / taken),
    corePercent: Math.round((used / taken) * 100),
    behind,
    firstByteP95Ms: reading.firstByteP95Ms,
  };
}

/** What a ledger has entered, read beside it. */
class Entered implements Disposable {
  readonly #database: ReturnType<typeof openReader>;

  constructor(store: string) {
    this.#database = openReader(join(store, 'ledger'));
  }

  get records(): number {
    const counted = [...readTotals(this.#database)].filter(([name]) => /^(deliveries|announcements)\./.test(name));
    return counted.reduce((sum, [, value]) => sum + value, 0);
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}
