import type { BrokerName } from './brokers.ts';
import type { PacedIntake } from './ledger-intake.ts';
import type { PageUnderEvents } from './page.ts';
import type { Report } from './parts.ts';
import type { PassThrough } from './pass-through.ts';
import type { Percentiles } from './percentiles.ts';
import type { Dimension } from './scaling.ts';

/** The report as Markdown, as it stands in bench/README.md: a table for what both brokers have, and one for each figure of its own. */
export function tables(report: Report): string {
  const all = [
    onBrokers(report),
    analysis(report),
    brokerStore(report),
    ledger(report),
    programs(report),
    intake(report),
    questions(report),
    openPages(report),
    inBrowser(report),
    scaling(report),
  ];
  return all
    .filter((rows) => rows.length > 1)
    .map(markdown)
    .join('\n');
}

type Row = readonly string[];

const titles: Readonly<Record<BrokerName, string>> = { embedded: 'embedded', activemq: 'ActiveMQ 5.17' };

function onBrokers({ passThrough, latency, idleServices }: Report): readonly Row[] {
  return table('', titles, [
    cells('steps per second, of the bare client', passThrough, rate),
    cells('announcement → first step, idle, p50 / p99', latency, ({ idle }) => times(idle)),
    cells(
      'the same at half load',
      latency,
      ({ halfLoad }) => `${times(halfLoad)} beside ${count(halfLoad.stepsPerSecond)} steps/s`,
    ),
    cells(
      'idle services',
      idleServices,
      ({ services, megabytes, corePercent }) => `${services}: ${megabytes} MB, ${corePercent} % of a core`,
    ),
  ]);
}

function analysis({ perImageAnalysis = {} }: Report): readonly Row[] {
  const columns = Object.fromEntries(Object.keys(perImageAnalysis).map((pixels) => [pixels, `${pixels} pixels`]));
  return table('per-image analysis', columns, [
    cells('frames/s, the analysis alone', perImageAnalysis, ({ framesPerSecond }) => String(framesPerSecond)),
    cells('frames/s, in a Baton', perImageAnalysis, ({ framesPerSecondInBaton }) => String(framesPerSecondInBaton)),
    cells('last frame analysed → result', perImageAnalysis, (found) => `${found.resultAfterLastFrameMs} ms`),
  ]);
}

function brokerStore({ store }: Report): readonly Row[] {
  if (!store) return [];
  const { backlog, ...empty } = store.embedded;
  const { oneConnection, manyConnections } = empty.commitsPerSecond;
  return [
    ["embedded broker's store", 'empty', `${count(backlog.messages)} waiting`],
    ['messages stored/s', count(empty.storedPerSecond), count(backlog.storedPerSecond)],
    [
      'acknowledged and forwarded/s',
      count(empty.drainedPerSecond),
      `${count(backlog.drainedPerSecond)} (${backlog.drainRatio})`,
    ],
    ['commits/s, one connection / many', `${count(oneConnection)} / ${count(manyConnections)}`, ''],
    ['bytes on disk of a message of 1.5 kB', '', count(backlog.fileBytesPerMessage)],
    ['memory, full / started again', '', `${backlog.megabytes} / ${backlog.megabytesAfterRestart} MB`],
    ['start after SIGKILL', '', `${backlog.restartSeconds} s`],
  ];
}

function programs({ compute }: Report): readonly Row[] {
  if (!compute) return [];
  const { local, bullmq, waiting } = compute;
  return [
    ['programs', 'in Baton', 'bare', 'ratio'],
    ['on this host, started and settled/s', count(local.perSecond), count(local.barePerSecond), String(local.ratio)],
    ...(bullmq
      ? [['through Redis/s', count(bullmq.perSecond), count(bullmq.barePerSecond), String(bullmq.ratio)]]
      : []),
    ...(waiting
      ? [[`memory of the service, ${count(waiting.jobs)} wait in Redis`, `${waiting.megabytes} MB`, '', '']]
      : []),
    ...(waiting ? [['all of them cancelled after', `${waiting.cancelSeconds} s`, '', '']] : []),
  ];
}

function ledger({ store }: Report): readonly Row[] {
  if (!store) return [];
  const found = store.ledger;
  return [
    ["ledger's store", `${count(found.runs)} runs`],
    ['records/s', count(found.recordsPerSecond)],
    ['longest batch', `${found.longestBatchMs} ms`],
    ['bytes of a run on disk', count(found.bytesPerRun)],
    ['list of 50 runs, the slowest filter, p95', `${found.runListP95Ms} ms`],
    ['one run, p95', `${found.runDetailP95Ms} ms`],
  ];
}

function intake({ ledgerIntake }: Report): readonly Row[] {
  if (!ledgerIntake) return [];
  const { alone, read, paced, flooded } = ledgerIntake;
  const given = (figures: PacedIntake): string =>
    `${count(figures.recordsPerSecond)}, ${figures.corePercent} % of a core, ${count(figures.behind)} behind`;
  return [
    ["ledger's intake", 'records/s', 'of one core'],
    ['from a full queue', count(alone.recordsPerSecond), count(alone.recordsPerCoreSecond)],
    ['the same while the page is read', count(read.recordsPerSecond), count(read.recordsPerCoreSecond)],
    ['fed evenly, and read', given(paced), ''],
    ['the same in a flood of log lines', given(flooded), ''],
  ];
}

function questions({ queries }: Report): readonly Row[] {
  if (!queries) return [];
  const { runs, deliveries, bytesPerRun, bytesPerDelivery, firstByteMs } = queries;
  return [
    [`first byte, ms; ${count(runs)} runs, ${count(deliveries)} deliveries`, 'p50', 'p95', 'p99'],
    ...Object.entries(firstByteMs).map(([name, { p50, p95, p99 }]) => [name, ...[p50, p95, p99].map(String)]),
    ['bytes on disk of a run, with all', count(bytesPerRun), '', ''],
    ['bytes on disk of a delivery', count(bytesPerDelivery), '', ''],
  ];
}

function openPages({ pages }: Report): readonly Row[] {
  if (!pages) return [];
  const { megabytes, peakMegabytes: most, corePercent, kilobytesPerSecond } = pages;
  return [
    [`${count(pages.pages)} open pages`, 'the process with ledger and page'],
    ['memory, at most', `${megabytes} MB, ${most} MB`],
    ['of a core', `${corePercent} %`],
    ['sent to each page', `${kilobytesPerSecond} kB/s`],
  ];
}

function inBrowser({ page }: Report): readonly Row[] {
  if (!page) return [];
  const { firstPaintMs, firstScreenKilobytes, byEventsPerSecond } = page;
  const rates = byNumber(Object.keys(byEventsPerSecond)).map((rate) => [rate, byEventsPerSecond[rate]] as const);
  const row = (name: string, of: (figures: PageUnderEvents) => string): Row => [
    name,
    ...rates.map(([, figures]) => (figures ? of(figures) : '')),
  ];
  return [
    ['the page in Chromium', ...rates.map(([rate]) => `${rate} events/s`)],
    ['first paint, first screen compressed', `${firstPaintMs.toFixed(0)} ms, ${firstScreenKilobytes} kB`],
    row('sent → on the screen, p50 / p95 / p99', ({ seen: { p50, p95, p99 } }) => `${[p50, p95, p99].join(' / ')} ms`),
    row('tasks over 50 ms, the longest', (figures) => `${figures.longTasks}, ${figures.longestTaskMs} ms`),
    row('between two frames, p99', ({ frameGapP99Ms }) => `${frameGapP99Ms} ms`),
    row('of a core', ({ corePercent }) => `${corePercent} %`),
  ];
}

function scaling({ scaling: found = {} }: Report): readonly Row[] {
  const [some] = Object.values(found);
  const points = Object.entries(some ?? {}).flatMap(([dimension, values]) =>
    byNumber(Object.keys(values)).map((value) => [dimension as Dimension, value] as const),
  );
  return table(
    'steps per second, of the bare client',
    titles,
    points.map(([dimension, value]) =>
      cells(`${dimensionNames[dimension]}: ${count(Number(value))}`, found, (of) => {
        const point = of[dimension][value];
        if (point === undefined) return '';
        return 'stalled' in point ? 'stood still' : rate(point);
      }),
    ),
  );
}

/** Keys of an object that are whole numbers come before all others, which would set 16 before 0.2. */
function byNumber(keys: readonly string[]): readonly string[] {
  return keys.toSorted((a, b) => Number(a) - Number(b));
}

const dimensionNames: Readonly<Record<Dimension, string>> = {
  queues: 'queues',
  services: 'services in the process',
  processes: 'processes',
  payloadKilobytes: 'kB of payload',
  backlog: 'messages waiting',
};

/** What a row has in each column; undefined where nothing was measured. */
interface Cells {
  readonly name: string;
  readonly in: (column: string) => string | undefined;
}

function cells<Figures>(
  name: string,
  found: Readonly<Record<string, Figures>> | undefined,
  print: (figures: Figures) => string,
): Cells {
  const all = new Map(Object.entries(found ?? {}).map(([column, figures]) => [column, print(figures)]));
  return { name, in: (column) => all.get(column) };
}

/** With the columns and rows that have anything. */
function table(title: string, columns: Readonly<Record<string, string>>, rows: readonly Cells[]): readonly Row[] {
  const shown = Object.entries(columns).filter(([column]) => rows.some((row) => row.in(column) !== undefined));
  const filled = rows.filter((row) => shown.some(([column]) => row.in(column) !== undefined));
  return [
    [title, ...shown.map(([, name]) => name)],
    ...filled.map((row) => [row.name, ...shown.map(([column]) => row.in(column) ?? '')]),
  ];
}

function rate({ stepsPerSecond, bareStepsPerSecond, ratio }: PassThrough): string {
  return `${count(stepsPerSecond)} of ${count(bareStepsPerSecond)} (${ratio.toFixed(2)})`;
}

function times({ p50, p99 }: Percentiles): string {
  return `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;
}

/** With a space between thousands. */
function count(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

function markdown([head = [], ...rows]: readonly Row[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
