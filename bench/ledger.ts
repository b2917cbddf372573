/** `node bench/ledger.ts [RUNS] [DELIVERIES]`: what the ledger takes in a second, how large it gets, and how fast it answers. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../src/core/clock.ts';
import { digest } from '../src/core/json.ts';
import { Book, type Entered } from '../src/ledger/book.ts';
import { Queries, type RunFilter } from '../src/ledger/queries.ts';
import { fileName, openStore, type Store } from '../src/ledger/store.ts';
import type { AnnouncementRecord, LedgerRecord, StepRecord } from '../src/services/record.ts';

const [runs = 20_000, deliveries = 10] = process.argv.slice(2).map(Number);
/** As services write them: so many records in a message, and so many messages in a transaction when there is much to do. */
const recordsInMessage = 20;
const messagesInBatch = 25;
/** Runs that are under way at the same time. */
const interleaved = 20;

function fill(into: Store, folder: string): void {
  const book = new Book(into, systemClock, (name) => `/queue/${name}`);
  let [records, seconds, worst] = [0, 0, 0];
  for (const batch of batches()) {
    const begun = performance.now();
    settle(book, book.enter(batch.messages));
    const taken = (performance.now() - begun) / 1000;
    seconds += taken;
    worst = Math.max(worst, taken);
    records += batch.records;
  }
  const bytes = statSync(join(folder, fileName)).size;
  print(
    `${String(runs)} runs of ${String(deliveries)} deliveries: ${(records / seconds).toFixed(0)} records/s on one core`,
  );
  print(`longest batch ${(worst * 1000).toFixed(0)} ms; ${(bytes / runs).toFixed(0)} bytes a run`);
}

/** What follows the broker's confirmation. */
function settle(book: Book, { sends }: Entered): void {
  const causes = [...sends].filter(([, caused]) => caused.length > 0).map(([id]) => id);
  if (causes.length > 0) book.forget(causes);
}

interface Messages {
  readonly messages: readonly { readonly messageId: string; readonly body: Buffer }[];
  readonly records: number;
}

function* batches(): Generator<Messages> {
  let [message, messages, count]: [LedgerRecord[], Messages['messages'][number][], number] = [[], [], 0];
  const post = (): void => {
    count += 1;
    messages.push({ messageId: `ID:bench-${String(count)}`, body: Buffer.from(JSON.stringify({ records: message })) });
    message = [];
  };
  for (const record of records()) {
    message.push(record);
    if (message.length === recordsInMessage) post();
    if (messages.length < messagesInBatch) continue;
    yield { messages, records: messages.length * recordsInMessage };
    messages = [];
  }
  const rest = messages.length * recordsInMessage + message.length;
  post();
  yield { messages, records: rest };
}

function* records(): Generator<LedgerRecord> {
  for (let first = 0; first < runs; first += interleaved) {
    const group = Array.from({ length: Math.min(interleaved, runs - first) }, (_, index) => first + index);
    for (const run of group) yield announcement(run);
    for (let n = 0; n < deliveries; n += 1) for (const run of group) yield delivery(run, n);
  }
}

const begin = Date.now();
const idOf = (run: number): string => digest('run', run);

function announcement(run: number): AnnouncementRecord {
  const file = `/data/i03/2026/mx${String(run % 3000)}-1/sample_${String(run)}/grid_1_#####.cbf`;
  return {
    kind: 'announcement',
    id: `ID:announcement-${String(run)}.0`,
    messageId: `ID:announcement-${String(run)}`,
    outcome: 'accepted',
    run: idOf(run),
    queue: 'data-collection',
    host: 'control-1.4711',
    received: begin + run,
    settled: begin + run + 4,
    recipes: ['gridscan', 'index'],
    parameters: { ispyb_dcid: run, file_template: file, guid: idOf(run), number_of_frames: deliveries },
    beamline: `i${String(run % 30).padStart(2, '0')}`,
    visit: `mx${String(run % 3000)}-1`,
    collection: String(run),
    runNumber: String(run % 50),
    event: run % 2 === 0 ? 'start' : 'end',
    user: 'gda',
    recipeHash: digest('gridscan'),
    recipe: {
      1: { queue: 'filewatcher', parameters: { pattern: file }, output: { every: 2 } },
      2: { queue: 'per_image_analysis' },
      start: [[1, []]],
    },
    sends: { 1: 1 },
    replyTo: '/queue/answers',
    correlationId: idOf(run),
  };
}

function delivery(run: number, n: number): StepRecord {
  const key = digest('key', run, n);
  const isFirst = n === 0;
  const isDead = n === deliveries - 1 && run % 100 === 0;
  return {
    kind: 'step',
    id: `${key}.1.0`,
    run: idOf(run),
    key,
    messageId: `ID:delivery-${String(run)}-${String(n)}`,
    step: isFirst ? 1 : 2,
    queue: isFirst ? 'filewatcher' : 'per_image_analysis',
    service: isFirst ? 'file-watch' : 'per-image-analysis',
    host: 'node-12.4711',
    attempt: 1,
    deferral: 0,
    outcome: isDead ? 'dead' : 'done',
    ...(isDead ? { cause: { code: 'services.timeout', message: 'no answer within 60 s' } } : {}),
    path: isFirst ? [] : [1],
    sent: begin + n,
    received: begin + n + 1,
    started: begin + n + 2,
    finished: begin + n + 30,
    sends: isFirst ? { 2: deliveries - 1 } : {},
    outputs: [
      {
        step: 2,
        channel: 'every',
        key: digest('key', run, n + 1),
        bytes: 110,
        payload: { file: '/data/i03/grid_1_00001.cbf', 'file-number': n },
      },
    ],
  };
}

const questions: Readonly<Record<string, Omit<RunFilter, 'limit'>>> = {
  'the newest 50': {},
  'the oldest 50': { cursor: '51' },
  failed: { state: 'failed' },
  'running, of which there are none': { state: 'running' },
  'of a beamline': { beamline: 'i03' },
  'failed, of a beamline': { beamline: 'i03', state: 'failed' },
  'of a visit': { visit: 'mx23-1' },
  'with a word of all': { text: 'gridscan' },
  'with the beginning of a word': { text: 'mx29' },
  'with a word of all, failed': { text: 'gridscan', state: 'failed' },
};

function ask(queries: Queries): void {
  for (const [question, filter] of Object.entries(questions))
    time(`runs ${question}`, () => queries.runs({ limit: 50, ...filter }));
  time('a run in detail', () => queries.run(idOf(runs >> 1)));
  time('the totals', () => queries.totals());
}

function time(what: string, question: () => unknown): void {
  const times = Array.from({ length: 40 }, () => {
    const begun = performance.now();
    question();
    return performance.now() - begun;
  });
  const [first = 0] = times;
  const p95 = times.toSorted((a, b) => a - b)[37] ?? 0;
  print(`${what.padEnd(40)} ${p95.toFixed(1).padStart(7)} ms p95, the first ${first.toFixed(1)}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const folder = mkdtempSync(join(tmpdir(), 'baton-bench-'));
const store = openStore(folder);
try {
  fill(store, folder);
  ask(new Queries(store.database));
} finally {
  store[Symbol.dispose]();
  rmSync(folder, { recursive: true });
}
