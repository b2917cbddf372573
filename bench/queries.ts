import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openAccess } from '../src/access/access.ts';
import { openReader, openStore } from '../src/ledger/store.ts';
import { cursorAt } from '../src/monitor/cursor.ts';
import { temporaryFolder } from '../test/fixtures/temporary-folder.ts';
import { Asker } from './asker.ts';
import { fillLedger } from './fill-ledger.ts';
import { folderBytes } from './folder-bytes.ts';
import { idOf, visitOf, type Runs } from './ledger-records.ts';
import { startMonitorProcess } from './monitor-process.ts';
import { percentile } from './percentiles.ts';

/** What is in the store, and how often each question is asked. */
export interface QueryAmounts {
  readonly store: Runs;
  /** Deliveries of the run that is large. */
  readonly largeRun: number;
  readonly audited: number;
  readonly rounds: number;
}

/** Milliseconds until the first byte of the answer. */
export interface FirstByte {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How fast a monitor with a large ledger answers over HTTP, and what a run and a delivery take on disk. */
export interface Queries {
  readonly runs: number;
  readonly deliveries: number;
  readonly bytesPerRun: number;
  readonly bytesPerDelivery: number;
  readonly firstByteMs: Readonly<Record<string, FirstByte>>;
  /** Of the question that takes longest. */
  readonly slowestP95Ms: number;
}

/** Fills a store by the ledger's own intake, or takes the one that lies in the folder, and asks all that the page may ask. */
export async function queries(amounts: QueryAmounts, say: (line: string) => void): Promise<Queries> {
  await using folder = await temporaryFolder();
  await fill(folder.path, amounts, say);
  return await askAll(folder.path, amounts, say);
}

async function fill(
  folder: string,
  { store: runs, largeRun, audited }: QueryAmounts,
  say: (line: string) => void,
): Promise<void> {
  await mkdir(join(folder, 'ledger'));
  using store = openStore(join(folder, 'ledger'));
  fillLedger(store, runs, say);
  fillLedger(store, { runs: 1, deliveries: largeRun, first: runs.runs });
  using access = openAccess(join(folder, 'access'));
  for (let n = 0; n < audited; n += 1) {
    const deed = { who: `user${String(n % 50)}`, way: 'session', action: 'cancel', subject: idOf(n) } as const;
    await access.audit.of(
      deed,
      async () => Promise.resolve(),
      () => 'cancelled',
    );
  }
}

/** Asks everything in turn, so that nothing is answered from what was read just before. */
export async function askAll(folder: string, amounts: QueryAmounts, say: (line: string) => void): Promise<Queries> {
  const { runs, deliveries } = amounts.store;
  const begun = beginOf(join(folder, 'ledger'));
  const sizes = await sizesOf(join(folder, 'ledger'));
  await using monitor = await startMonitorProcess(folder);
  using asker = new Asker(monitor.port);
  const times = new Map<string, number[]>();
  for (let round = 0; round < amounts.rounds; round += 1)
    for (const [question, pathOf] of Object.entries(questionsOf(amounts, begun))) {
      const { firstByteMs } = await asker.get(pathOf(draw));
      times.set(question, [...(times.get(question) ?? []), firstByteMs]);
    }
  const firstByteMs = Object.fromEntries([...times].map(([question, all]) => [question, figuresOf(all)]));
  for (const [question, { p50, p95, p99 }] of Object.entries(firstByteMs))
    say(`${question}: ${[p50, p95, p99].join(' / ')} ms`);
  const slowestP95Ms = Math.max(...Object.values(firstByteMs).map(({ p95 }) => p95));
  return { runs: runs + 1, deliveries: runs * deliveries + amounts.largeRun, ...sizes, firstByteMs, slowestP95Ms };
}

/** Numbers that look drawn, and are the same each time. */
let drawn = 1;
function draw(below: number): number {
  drawn = (drawn * 48_271) % 2_147_483_647;
  return drawn % below;
}

/** What the page asks, and what it might: each filter, all together, words that all runs have and words of one. */
function questionsOf(
  { store: { runs }, largeRun }: QueryAmounts,
  begun: number,
): Readonly<Record<string, (random: typeof draw) => string>> {
  const list = (query: string) => () => `/api/runs?limit=50&${query}`;
  const large = idOf(runs);
  return {
    'the newest 50': list(''),
    'a page far back': (random) => `/api/runs?cursor=${cursorAt('runs', String(1 + random(runs)))}`,
    'the oldest 50': list(`cursor=${cursorAt('runs', '51')}`),
    failed: list('state=failed'),
    'running, of which there are none': list('state=running'),
    'over budget, of which there are none': list('overBudget=true'),
    'of a beamline': (random) => list(`beamline=i${String(random(30)).padStart(2, '0')}`)(),
    'of a visit': (random) => list(`visit=${visitOf(random(runs))}`)(),
    'failed, of a beamline': (random) => list(`state=failed&beamline=i${String(random(30)).padStart(2, '0')}`)(),
    'failed, of a visit': (random) => list(`state=failed&visit=${visitOf(random(runs))}`)(),
    'of a visit at a beamline where it never was': list('beamline=i03&visit=mx1004-1'),
    'finished, of a beamline, far back': (random) =>
      list(`state=finished&beamline=i07&cursor=${cursorAt('runs', String(1 + random(runs)))}`)(),
    'of an hour long ago': (random) => {
      const from = begun + random(runs);
      return list(`from=${String(from)}&to=${String(from + 3_600)}`)();
    },
    'failed, of an hour long ago': (random) => {
      const from = begun + random(runs);
      return list(`state=failed&from=${String(from)}&to=${String(from + 3_600)}`)();
    },
    'with a word of all': list('text=gridscan'),
    'with a word of all, far back': (random) =>
      list(`text=gridscan&cursor=${cursorAt('runs', String(1 + random(runs)))}`)(),
    'with the beginning of a word of all': list('text=gridsc'),
    'with one letter': list('text=g'),
    'with a long word of half': list('text=autoprocessing'),
    'with a word of few': list('text=ligand'),
    'with a word of none': list('text=tomography'),
    'with the beginning of many words': list('text=mx29'),
    'with the beginning of words with a number': list('text=mx123'),
    'with the id of one': (random) => list(`text=${idOf(random(runs))}`)(),
    'with two words of many': list('text=gridscan%20autoprocessing'),
    'with two words that never stand together': list('text=start%20end'),
    'with a word of all and one of few': list('text=gridscan%20ligand'),
    'with a word of all, failed': list('text=gridscan&state=failed'),
    'with a word of half, failed, which it never is': list('text=autoprocessing&state=failed'),
    'with a word, of a beamline': list('text=autoprocessing&beamline=i07'),
    'with a word, of a visit': list('text=reintegration&visit=mx1007-1'),
    'one run': (random) => `/api/runs/${idOf(random(runs))}`,
    'its recipe': (random) => `/api/runs/${idOf(random(runs))}/recipe`,
    'its results': (random) => `/api/runs/${idOf(random(runs))}/results`,
    'its log': (random) => `/api/runs/${idOf(random(runs))}/logs`,
    [`one run of ${String(largeRun)} deliveries`]: () => `/api/runs/${large}`,
    [`its deliveries`]: () => `/api/runs/${large}/deliveries`,
    [`its time`]: () => `/api/runs/${large}/waterfall`,
    'what failed': () => '/api/failed',
    'recipes, and where they were used': () => '/api/recipes',
    audit: () => '/api/audit?limit=50',
    'audit of one run': (random) => `/api/audit?subject=${idOf(random(1_000))}`,
    health: () => '/api/health',
  };
}

function figuresOf(times: readonly number[]): FirstByte {
  return { p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) };
}

/** When the first run was announced; each of the others a millisecond after the one before. */
function beginOf(folder: string): number {
  using database = openReader(folder);
  return Number(database.prepare('SELECT min(announced) AS begun FROM runs').get()?.['begun']);
}

/** What runs take on disk with all that belongs to them, and what of it deliveries take with their indexes. */
async function sizesOf(folder: string): Promise<Pick<Queries, 'bytesPerRun' | 'bytesPerDelivery'>> {
  using database = openReader(folder);
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count']);
  const { bytes } = database
    .prepare(
      `SELECT sum(pgsize) AS bytes FROM dbstat
       WHERE aggregate = TRUE AND name IN (SELECT name FROM sqlite_schema WHERE tbl_name = 'deliveries')`,
    )
    .get() as unknown as { readonly bytes: number };
  return {
    bytesPerRun: Math.round((await folderBytes(folder)) / count('runs')),
    bytesPerDelivery: Math.round(bytes / count('deliveries')),
  };
}
