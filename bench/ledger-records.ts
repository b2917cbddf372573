import { digest } from '../src/core/json.ts';
import type { AnnouncementRecord, LedgerRecord, StepRecord } from '../src/services/record.ts';

/** As services write them: so many records in a message, and so many messages in a transaction when there is much to do. */
const recordsInMessage = 20;
const messagesInBatch = 25;
/** Runs that are under way at the same time. */
const interleaved = 20;

/** So many runs, each of so many deliveries; the number of the first is 0 unless given. */
export interface Runs {
  readonly runs: number;
  readonly deliveries: number;
  readonly first?: number;
}

/** What the ledger enters in one transaction. */
export interface Batch {
  readonly messages: readonly { readonly messageId: string; readonly body: Buffer }[];
  readonly records: number;
}

/** The records of these runs, as they come to the ledger. */
export function* batches(of: Runs): Generator<Batch> {
  const { first = 0 } = of;
  let [message, messages, count]: [LedgerRecord[], Batch['messages'][number][], number] = [[], [], 0];
  const post = (): void => {
    count += 1;
    messages.push({
      messageId: `ID:bench-${String(first)}-${String(count)}`,
      body: Buffer.from(JSON.stringify({ records: message })),
    });
    message = [];
  };
  for (const record of records(of)) {
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

function* records({ runs, deliveries, first: begin = 0 }: Runs): Generator<LedgerRecord> {
  const end = begin + runs;
  for (let first = begin; first < end; first += interleaved) {
    const group = Array.from({ length: Math.min(interleaved, end - first) }, (_, index) => first + index);
    for (const run of group) yield announcement(run, deliveries);
    for (let n = 0; n < deliveries; n += 1) for (const run of group) yield delivery(run, n, deliveries);
  }
}

const begin = Date.now();
/** The id of a run, by its number. */
export const idOf = (run: number): string => digest('run', run);

/** The record of its announcement. */
export function announcement(run: number, deliveries: number): AnnouncementRecord {
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
    recipes: recipesOf(run),
    parameters: { ispyb_dcid: run, file_template: file, guid: idOf(run), number_of_frames: deliveries },
    beamline: `i${String(run % 30).padStart(2, '0')}`,
    visit: visitOf(run),
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

/** As visits are: each at its beamline for some hundred runs. */
export function visitOf(run: number): string {
  return `mx${String(1_000 + Math.floor(run / 9_000) * 30 + (run % 30))}-1`;
}

/** Words that all runs have, most, half, and nearly none. */
function recipesOf(run: number): readonly string[] {
  if (run % 10_000 === 17) return ['gridscan', 'ligand-fit'];
  return [
    'gridscan',
    ...(run % 10 < 7 ? ['per-image-analysis'] : ['reintegration']),
    ...(run % 2 ? ['autoprocessing'] : []),
  ];
}

function delivery(run: number, n: number, deliveries: number): StepRecord {
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
    ...(n === deliveries - 1 && run % 2 === 0
      ? { results: [{ spots: run % 900, resolution: 1.8, best: { image: n } }] }
      : {}),
  };
}
