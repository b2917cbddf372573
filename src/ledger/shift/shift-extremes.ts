import type { DatabaseSync } from 'node:sqlite';
import type { BurntBudget, LongWait, NewVersion } from './shift-views.ts';

/** Runs whose deliveries are looked through for the longest waits, at most. */
const runsAtMost = 300;

/**
 * The longest waits of messages whose runs were announced between two times. No message waits for longer than its run
 * took: so the longest runs are looked through, until none of the others can have waited for as long.
 */
export function longestWaits(database: DatabaseSync, from: number, to: number, count: number): readonly LongWait[] {
  const longest = database
    .prepare(
      `SELECT seq, id, coalesce(ended, latest) - announced AS took FROM runs INDEXED BY runs_announced
       WHERE announced >= ? AND announced < ? ORDER BY took DESC LIMIT ?`,
    )
    .all(from, to, runsAtMost);
  const waits = database.prepare(
    'SELECT step, service, max(received - sent) AS wait FROM deliveries WHERE run = ? AND sent > 0 GROUP BY step',
  );
  let found: LongWait[] = [];
  for (const { seq, id, took } of longest) {
    const shortest = found.length < count ? 0 : (found.at(-1)?.seconds ?? 0);
    if (Number(took) / 1000 <= shortest) break;
    const those = waits
      .all(Number(seq))
      .map(({ step, service, wait }) => ({
        step: Number(step),
        service: String(service),
        seconds: Number(wait) / 1000,
      }))
      .map((wait) => ({ run: String(id), ...wait }));
    found = [...found, ...those].sort((a, b) => b.seconds - a.seconds).slice(0, count);
  }
  return found.filter(({ seconds }) => seconds >= 1);
}

/** Steps of runs announced between two times that were over their budget, the worst first. */
export function burntBudgets(database: DatabaseSync, from: number, to: number, count: number): readonly BurntBudget[] {
  return database
    .prepare(
      `SELECT id, budgets.step, steps.service, seconds, used FROM runs INDEXED BY runs_announced
         JOIN budgets ON budgets.run = runs.seq LEFT JOIN steps ON steps.run = runs.seq AND steps.step = budgets.step
       WHERE announced >= ? AND announced < ? AND overBudget > 0 AND budgets.state = 'over'
       ORDER BY coalesce(used, 1e9) / seconds DESC LIMIT ?`,
    )
    .all(from, to, count)
    .map(({ id, step, service, seconds, used }) => ({
      ...{ run: String(id), step: Number(step), seconds: Number(seconds) },
      ...(service === null ? {} : { service: String(service) }),
      ...(used === null ? {} : { used: Number(used) }),
    }));
}

/** Versions of recipes that runs were made from for the first time between two times. */
export function newVersions(database: DatabaseSync, from: number, to: number, count: number): readonly NewVersion[] {
  return database
    .prepare(
      `SELECT first, name, hash, run, (SELECT earlier.hash FROM recipe_versions AS earlier
         WHERE earlier.name = versions.name AND earlier.first < versions.first ORDER BY earlier.first DESC LIMIT 1) AS before
       FROM recipe_versions AS versions WHERE first >= ? AND first < ? ORDER BY first LIMIT ?`,
    )
    .all(from, to, count)
    .map(({ first, name, hash, run, before }) => ({
      ...{ time: Number(first), name: String(name), hash: String(hash), run: String(run) },
      ...(before === null ? {} : { before: String(before) }),
    }));
}
