import type { DatabaseSync } from 'node:sqlite';
import type { DeliveryTimes, PhaseLoad, Spread, StepWaterfall, Waterfall } from './views.ts';

/** Slices of a run's time: about as many as a picture shows. */
const slices = 120;
/** Single deliveries that are told of. */
const longestAtMost = 60;
/** Deliveries that are looked through, the latest: some 50 ms. */
const lookedThrough = 20_000;

export interface WaterfallQuestion {
  readonly run: string;
  readonly announced: number;
  /** Deliveries of the run. */
  readonly of: number;
  /** Only deliveries of this step are told of singly. */
  readonly step: number | undefined;
}

/** Where the time of a run went, from what the ledger has of its latest deliveries. */
export function readWaterfall(database: DatabaseSync, seq: number, question: WaterfallQuestion): Waterfall {
  const rows = database
    .prepare(
      `SELECT id, key, step, service, attempt, outcome, sent, received, started, finished
       FROM deliveries WHERE run = ? ORDER BY seq DESC LIMIT ?`,
    )
    .all(seq, lookedThrough) as unknown as readonly TimedRow[];
  return waterfallOf(rows.toReversed(), question);
}

/** A delivery as the ledger has it, as far as its times go. */
export interface TimedRow extends Omit<DeliveryTimes, 'since'> {
  readonly service: string;
  readonly sent: number;
}

/** The same from deliveries in the order in which they were settled. */
export function waterfallOf(rows: readonly TimedRow[], { run, announced, of, step }: WaterfallQuestion): Waterfall {
  const times = inOrder(rows);
  const from = times.reduce((least, { since }) => Math.min(least, since), announced);
  const to = times.reduce((most, { finished }) => Math.max(most, finished), from);
  const steps = [...Map.groupBy(times, (each) => each.step)].sort(([a], [b]) => a - b);
  return {
    ...{ run, from, to, deliveries: times.length, of, slices },
    steps: steps.map(([number, those]) => stepOf(number, those, from, to)),
    longest: longest(step === undefined ? times : times.filter((each) => each.step === step)),
  };
}

type Timed = DeliveryTimes & { readonly service: string };

/**
 * A message that was parked, for another attempt or to be dealt with later, waits anew since its delivery before ended.
 * Clocks of several hosts measured this: what seems to have happened before its cause took no time.
 */
function inOrder(rows: readonly TimedRow[]): readonly Timed[] {
  const ends = new Map<string, number>();
  return rows.map(({ sent, ...row }) => {
    const since = Math.max(sent, ends.get(row.key) ?? sent);
    const received = Math.max(since, row.received);
    const started = Math.max(received, row.started);
    const finished = Math.max(started, row.finished);
    ends.set(row.key, finished);
    return { ...row, since, received, started, finished };
  });
}

function stepOf(step: number, times: readonly Timed[], from: number, to: number): StepWaterfall {
  const spread = (length: (times: Timed) => number): Spread => spreadOf(times.map(length));
  return {
    ...{ step, service: times.at(-1)?.service ?? '', deliveries: times.length },
    waiting: spread(({ since, received }) => received - since),
    held: spread(({ received, started }) => started - received),
    running: spread(({ started, finished }) => finished - started),
    load: loadOf(times, from, to),
  };
}

function spreadOf(lengths: readonly number[]): Spread {
  const sorted = Float64Array.from(lengths).sort();
  return { p50: sorted[Math.floor((sorted.length - 1) / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

function loadOf(times: readonly Timed[], from: number, to: number): PhaseLoad {
  const slice = Math.max(1, to - from) / slices;
  const load = (begin: (times: Timed) => number, end: (times: Timed) => number): readonly number[] => {
    const sum = new Load();
    for (const each of times) sum.add((begin(each) - from) / slice, (end(each) - from) / slice);
    return sum.perSlice();
  };
  return {
    waiting: load(
      ({ since }) => since,
      ({ received }) => received,
    ),
    held: load(
      ({ received }) => received,
      ({ started }) => started,
    ),
    running: load(
      ({ started }) => started,
      ({ finished }) => finished,
    ),
  };
}

/** How many intervals there are in each slice, on average over it. */
class Load {
  /** In the slice alone, and from it on. */
  readonly #alone = new Float64Array(slices);
  readonly #onwards = new Float64Array(slices + 1);

  /** From and to are in slices. An interval costs the same however long it is. */
  add(from: number, to: number): void {
    const [first, last] = [Math.min(slices - 1, Math.floor(from)), Math.min(slices - 1, Math.floor(to))];
    if (first === last) return this.#count(first, to - from);
    this.#count(first, first + 1 - from);
    this.#count(last, to - last);
    this.#onwards[first + 1] = (this.#onwards[first + 1] ?? 0) + 1;
    this.#onwards[last] = (this.#onwards[last] ?? 0) - 1;
  }

  perSlice(): readonly number[] {
    let through = 0;
    return Array.from(this.#alone, (alone, index) => {
      through += this.#onwards[index] ?? 0;
      return Math.round((alone + through) * 1000) / 1000;
    });
  }

  #count(slice: number, part: number): void {
    this.#alone[slice] = (this.#alone[slice] ?? 0) + part;
  }
}

function longest(times: readonly Timed[]): readonly DeliveryTimes[] {
  const most =
    times.length <= longestAtMost
      ? times
      : times.toSorted((a, b) => b.finished - b.since - (a.finished - a.since)).slice(0, longestAtMost);
  return most
    .map(({ service: _service, ...each }) => each)
    .sort((a, b) => a.since - b.since || a.started - b.started || a.finished - b.finished);
}
