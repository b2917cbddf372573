import { Queries, type RunFilter } from '../src/ledger/queries.ts';
import { openStore } from '../src/ledger/store.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { folderBytes } from './folder-bytes.ts';
import { fillLedger } from './fill-ledger.ts';
import { idOf, type Runs } from './ledger-records.ts';
import { percentile } from './percentiles.ts';

/** What the ledger takes in a second on one core, how large it gets, and how fast it answers. */
export interface LedgerStore {
  readonly runs: number;
  readonly recordsPerSecond: number;
  readonly longestBatchMs: number;
  readonly bytesPerRun: number;
  /** Milliseconds that 95 of 100 lists of 50 runs take at most: of the kind of list that takes longest. */
  readonly runListP95Ms: number;
  readonly runDetailP95Ms: number;
}

/** Fills a ledger with so many runs, and asks it what the status page asks. */
export async function ledgerStore(runs: Runs, say: (line: string) => void): Promise<LedgerStore> {
  await using folder = await temporaryFolder();
  using store = openStore(folder.path);
  const filled = fillLedger(store, runs);
  const bytesPerRun = Math.round((await folderBytes(folder.path)) / runs.runs);
  const queries = new Queries(store.database);
  const lists = Object.entries(questions).map(([question, filter]) => {
    const p95 = p95Of(() => queries.runs({ limit: 50, ...filter }));
    say(`runs ${question}: ${String(p95)} ms p95`);
    return p95;
  });
  const runDetailP95Ms = p95Of(() => queries.run(idOf(runs.runs >> 1)));
  return { runs: runs.runs, ...filled, bytesPerRun, runListP95Ms: Math.max(...lists), runDetailP95Ms };
}

/** What the status page asks for, and what it might. */
const questions: Readonly<Record<string, Omit<RunFilter, 'limit'>>> = {
  'the newest 50': {},
  'the oldest 50': { cursor: '51' },
  failed: { state: 'failed' },
  'running, of which there are none': { state: 'running' },
  'of a beamline': { beamline: 'i03' },
  'failed, of a beamline': { beamline: 'i03', state: 'failed' },
  'of a visit': { visit: 'mx1023-1' },
  'with a word of all': { text: 'gridscan' },
  'with the beginning of a word': { text: 'mx10' },
  'with a word of all, failed': { text: 'gridscan', state: 'failed' },
};

function p95Of(question: () => unknown): number {
  const times = Array.from({ length: 40 }, () => {
    const begun = performance.now();
    question();
    return performance.now() - begun;
  });
  return percentile(times, 0.95);
}
