import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { beat } from './heartbeats.ts';
import { startMonitorProcess } from './monitor-process.ts';
import { startReading, type Readers } from './page-readers.ts';
import { peakMegabytes, processorSeconds, residentMegabytes } from './process-facts.ts';
import { feedRecords } from './record-feed.ts';

/** Who reads, and what happens meanwhile. */
export interface PagesAmounts {
  readonly readers: Readers;
  readonly recordsPerSecond: number;
  readonly services: number;
  readonly seconds: number;
}

/** What open pages cost the process with ledger and page: memory, at the end and at most, and percent of one core. */
export interface Pages {
  readonly pages: number;
  readonly megabytes: number;
  readonly peakMegabytes: number;
  readonly corePercent: number;
  /** That one page is sent. */
  readonly kilobytesPerSecond: number;
}

/** Deliveries of a run, and seconds between two heartbeats of a service. */
const deliveries = 500;
const beats = 6;

/** Opens so many pages on a ledger that records come to, and looks at its process once it has come to rest. */
export async function pages({ readers, recordsPerSecond, services, seconds }: PagesAmounts): Promise<Pages> {
  await using folder = await temporaryFolder();
  await using monitor = await startMonitorProcess(folder.path);
  const ending = new AbortController();
  const runs = { runs: 1_000_000, deliveries };
  const feeding = feedRecords(monitor.broker, runs, recordsPerSecond, ending.signal);
  feeding.catch(() => undefined);
  await using _beating = await beat(monitor.broker, services, services / beats);
  await using reading = await startReading(monitor.port, readers, () => 19);
  await setTimeout(Math.min(5, seconds) * 1000);
  const [began, cpu, bytes] = [performance.now(), await processorSeconds(monitor.pid), reading.eventBytes];
  await setTimeout(seconds * 1000);
  const taken = (performance.now() - began) / 1000;
  const used = (await processorSeconds(monitor.pid)) - cpu;
  const figures = {
    pages: readers.pages,
    megabytes: await residentMegabytes(monitor.pid),
    peakMegabytes: await peakMegabytes(monitor.pid),
    corePercent: Math.round((used / taken) * 100),
    kilobytesPerSecond: Math.round((reading.eventBytes - bytes) / 1000 / taken / Math.max(1, readers.pages)),
  };
  ending.abort();
  await feeding;
  return figures;
}
