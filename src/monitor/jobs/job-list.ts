import type { ToldJob } from '../../services/jobs/job-message.ts';
import type { Holder } from './holder.ts';
import type { JobCount, JobState, JobTotals, JobView } from './views.ts';

/** What jobs are chosen by; each is that of the job. */
export interface JobFilter {
  readonly backend?: string;
  readonly host?: string;
  readonly program?: string;
  readonly run?: string;
  readonly step?: number;
  readonly beamline?: string;
  readonly state?: JobState;
}

/** In the order in which the list has them: what may be wrong, what runs, what waits. */
export const jobStates: readonly JobState[] = ['unheard', 'ending', 'running', 'waiting'];

interface Row {
  readonly told: ToldJob;
  readonly holder: Holder;
  readonly state: JobState;
  /** Of one that waits: so many of its run wait before it. */
  turn: number;
}

/** Where a row stands in the list: by state; those that wait about as they would begin, the others by how long they have run. */
type Place = readonly [rank: number, urgency: number, turn: number, time: number, key: string];

/** The form of a place as text. */
export const placeForm = /^\d \d{1,16} \d{1,16} \d{1,16} .+$/s;

/** All jobs as they stood at a moment, in order. */
export class JobList {
  readonly #rows: readonly Row[];

  constructor(holders: Iterable<Holder>) {
    const rows: Row[] = [];
    for (const holder of holders)
      for (const told of holder.jobs()) rows.push({ told, holder, state: stateOf(told, holder), turn: 0 });
    takeTurns(rows);
    this.#rows = rows.sort((a, b) => compare(placeOf(a), placeOf(b)));
  }

  get totals(): JobTotals {
    const totals = { unheard: 0, ending: 0, running: 0, waiting: 0 };
    for (const { state } of this.#rows) totals[state] += 1;
    return totals;
  }

  /** Those that wait and are heard of. */
  get waiting(): readonly ToldJob[] {
    return this.#rows.filter(({ state }) => state === 'waiting').map(({ told }) => told);
  }

  /** How many there are of each kind, the most first. */
  counts({ state: _state, ...filter }: JobFilter = {}): readonly JobCount[] {
    const counts = new Map<string, { -readonly [Key in keyof JobCount]: JobCount[Key] }>();
    for (const { told, state } of this.#rows) {
      if (!fits(told, filter)) continue;
      const { backend, program, host = '' } = told;
      const key = `${state} ${backend}\n${program}\n${host}`;
      const count = counts.get(key);
      if (count) count.jobs += 1;
      else counts.set(key, { backend, program, state, jobs: 1, ...(host === '' ? {} : { host }) });
    }
    return [...counts.values()].sort((a, b) => b.jobs - a.jobs);
  }

  /** Those that fit, from behind a place on; `inOrder` are the backends that go by priority. */
  page(
    { state: wanted, ...filter }: JobFilter,
    {
      after,
      limit,
      inOrder,
    }: { readonly after?: string; readonly limit: number; readonly inOrder: ReadonlySet<string> },
  ): { readonly items: readonly JobView[]; readonly next?: string; readonly total: number } {
    const fitting = this.#rows.filter(({ told, state }) => (wanted ?? state) === state && fits(told, filter));
    const from = after === undefined ? undefined : read(after);
    const left = from ? fitting.filter((row) => compare(placeOf(row), from) > 0) : fitting;
    const shown = left.slice(0, limit);
    const last = shown.at(-1);
    const before = this.#before(shown, inOrder);
    const items = shown.map((row) => viewOf(row, before.get(row)));
    return {
      ...{ items, total: fitting.length },
      ...(left.length > shown.length && last ? { next: placeOf(last).join(' ') } : {}),
    };
  }

  /** How many are to begin before each of these. */
  #before(rows: readonly Row[], inOrder: ReadonlySet<string>): ReadonlyMap<Row, number> {
    const waits = ({ told, state }: Row): boolean => state === 'waiting' && inOrder.has(told.backend);
    if (!rows.some(waits)) return new Map();
    const waiting = this.#rows.filter(waits);
    const lanes = Map.groupBy(waiting, ({ told }) => `${told.backend}\n${told.label ?? ''}`);
    return new Map([...lanes.values()].flatMap((lane) => inTurn(lane).map((row, index) => [row, index] as const)));
  }
}

/** The most urgent first; of equals, in turn between the runs. */
function inTurn(rows: readonly Row[]): readonly Row[] {
  const counts = new Map<string, number>();
  const placed = rows.map((row) => {
    const { run, priority } = row.told;
    const share = `${priority} ${run}`;
    const turn = counts.get(share) ?? 0;
    counts.set(share, turn + 1);
    return { row, priority, turn };
  });
  return placed.sort((a, b) => b.priority - a.priority || a.turn - b.turn).map(({ row }) => row);
}

function viewOf({ told, holder, state }: Row, before: number | undefined): JobView {
  return {
    ...told,
    ...{ state, holder: holder.host, heard: holder.heard },
    ...(before === undefined ? {} : { before }),
  };
}

function fits(told: ToldJob, { backend, host, program, run, step, beamline }: Omit<JobFilter, 'state'>): boolean {
  return (
    (backend === undefined || told.backend === backend) &&
    (host === undefined || told.host === host) &&
    (program === undefined || told.program === program) &&
    (run === undefined || told.run === run) &&
    (step === undefined || told.step === step) &&
    (beamline === undefined || told.beamline === beamline)
  );
}

function stateOf({ ending, started }: ToldJob, { isUnheard }: Holder): JobState {
  if (isUnheard) return 'unheard';
  if (ending !== undefined) return 'ending';
  return started === undefined ? 'waiting' : 'running';
}

function placeOf({ told: { priority, asked, started, key }, state, turn }: Row): Place {
  const rank = jobStates.indexOf(state);
  if (state !== 'waiting') return [rank, 0, 0, started ?? asked, key];
  return [rank, Math.max(0, 1_000 - priority), turn, asked, key];
}

function read(text: string): Place {
  const [rank, urgency, turn, time, ...key] = text.split(' ');
  return [Number(rank), Number(urgency), Number(turn), Number(time), key.join(' ')];
}

function compare(a: Place, b: Place): number {
  if (a[0] !== b[0]) return a[0] - b[0];
  if (a[1] !== b[1]) return a[1] - b[1];
  if (a[2] !== b[2]) return a[2] - b[2];
  if (a[3] !== b[3]) return a[3] - b[3];
  return a[4] < b[4] ? -1 : Number(a[4] > b[4]);
}

/** Runs that are equally urgent go in turn: the second of each goes after the first of all. */
function takeTurns(rows: readonly Row[]): void {
  const waiting = rows.filter(({ state }) => state === 'waiting').sort((a, b) => a.told.asked - b.told.asked);
  const turns = new Map<string, number>();
  for (const row of waiting) {
    const { backend, label = '', run, priority } = row.told;
    const lane = [backend, label, String(priority), run].join('\n');
    row.turn = turns.get(lane) ?? 0;
    turns.set(lane, row.turn + 1);
  }
}
