import type { DatabaseSync } from 'node:sqlite';
import type { ShiftFailures, MissingNumbers, RunCounts, ShiftAnnouncements } from './shift-views.ts';
import { rangesOf } from './ranges.ts';

/** What was announced between two times, and what became of it. */
export function announcementsOf(database: DatabaseSync, from: number, to: number): ShiftAnnouncements {
  const rows = database
    .prepare(
      'SELECT outcome, count(*) AS count FROM announcements WHERE received >= ? AND received < ? GROUP BY outcome',
    )
    .all(from, to);
  const of = (name: string): number => Number(rows.find(({ outcome }) => outcome === name)?.['count'] ?? 0);
  const announced = rows.reduce((sum, { count }) => sum + Number(count), 0);
  return { announced, accepted: of('accepted'), refused: of('refused'), duplicate: of('duplicate') };
}

/** What became of the runs announced between two times. A failed run of which nothing is open any more is addressed. */
export function runsOf(database: DatabaseSync, from: number, to: number): RunCounts {
  const rows = database
    .prepare(
      `SELECT iif(state = 'failed' AND unaddressed = 0, 'addressed', state) AS state, count(*) AS count FROM runs INDEXED BY runs_announced WHERE announced >= ? AND announced < ? AND announcement IS NOT NULL GROUP BY 1`,
    )
    .all(from, to);
  const of = (name: string): number => Number(rows.find(({ state }) => state === name)?.['count'] ?? 0);
  return {
    finished: of('finished'),
    running: of('running'),
    failed: of('failed'),
    addressed: of('addressed'),
    cancelled: of('cancelled'),
  };
}

/** Failures that came, and those that somebody marked as addressed, between two times; and what is open now. */
export function failuresOf(database: DatabaseSync, from: number, to: number): ShiftFailures {
  const one = (sql: string, ...values: readonly number[]): number =>
    Number(database.prepare(sql).get(...values)?.['count'] ?? 0);
  return {
    came: one('SELECT count(*) AS count FROM failures WHERE died >= ? AND died < ?', from, to),
    addressed: one(
      'SELECT coalesce(sum(count), 0) AS count FROM addressings WHERE time >= ? AND time < ? AND undone IS NULL',
      from,
      to,
    ),
    open: one('SELECT coalesce(sum(open), 0) AS count FROM failure_groups WHERE open > 0'),
  };
}

/** Runs of one visit that are looked at for gaps. */
const runsAtMost = 20_000;
/** Numbers between two that were seen; a larger gap is no gap, but another way of counting. */
const gapAtMost = 1_000;

/** Run numbers that were passed over, by beamline and visit: between the first and the last that were seen in this time. */
export function missingOf(database: DatabaseSync, from: number, to: number): readonly MissingNumbers[] {
  const rows = database
    .prepare(
      `SELECT beamline, visit, runNumber FROM runs INDEXED BY runs_announced
       WHERE announced >= ? AND announced < ? AND runNumber IS NOT NULL LIMIT ?`,
    )
    .all(from, to, runsAtMost)
    .filter(({ runNumber }) => /^\d{1,9}$/.test(String(runNumber)));
  const seen = database.prepare(
    'SELECT 1 FROM runs WHERE visit IS ? AND beamline IS ? AND runNumber IN (?, ?) LIMIT 1',
  );
  const groups = Map.groupBy(rows, ({ beamline, visit }) => JSON.stringify([beamline, visit]));
  return [...groups.values()].flatMap((those) => {
    const { beamline = null, visit = null } = those[0] ?? {};
    const numbers = [...new Set(those.map(({ runNumber }) => Number(runNumber)))].sort((a, b) => a - b);
    // A number that came before or after this time is not missing. Only visits can be looked up fast.
    const missing = gapsIn(numbers).filter(
      (number) => visit === null || seen.get(visit, beamline, String(number), `0${String(number)}`) === undefined,
    );
    if (missing.length === 0) return [];
    return [
      {
        ...(beamline === null ? {} : { beamline: String(beamline) }),
        ...(visit === null ? {} : { visit: String(visit) }),
        count: missing.length,
        numbers: rangesOf(missing),
      },
    ];
  });
}

function gapsIn(numbers: readonly number[]): readonly number[] {
  return numbers.flatMap((number, index) => {
    const gap = number - (numbers[index - 1] ?? number) - 1;
    return gap <= 0 || gap > gapAtMost ? [] : Array.from({ length: gap }, (_, n) => number - gap + n);
  });
}
