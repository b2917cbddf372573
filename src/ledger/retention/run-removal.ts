import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SourceRow } from '../tables/records.ts';
import { RemovedRuns } from '../tables/removed-runs.ts';
import { TotalRows, type Total } from '../tables/totals.ts';
import type { RunState } from '../views.ts';

/** Up to which end runs go, in milliseconds since 1970, and what time it is. */
export interface RunDue {
  readonly before: number;
  readonly now: number;
}

/**
 * Removes ended runs, those that ended first before the others. A run is gone at once, with its announcement, and from
 * then on counts as removed; what else belongs to it, which may be a hundred thousand rows, follows a row at a time.
 * Runs with dead letters that nobody has addressed, or that the broker still has, stay, and so does the one that was heard of last: the number of a
 * row that was the last would be given again. The same holds for announcements.
 */
export class RunRemoval {
  readonly #removed: RemovedRuns;
  readonly #totals: TotalRows;
  readonly #begun: StatementSync;
  readonly #ended: StatementSync;
  readonly #failure: StatementSync;
  readonly #end: StatementSync;
  readonly #sources: StatementSync;
  readonly #lessUsed: StatementSync;
  readonly #begin: readonly StatementSync[];
  readonly #announcement: StatementSync;
  readonly #unusedText: readonly StatementSync[];
  readonly #parts: readonly (readonly [StatementSync, Total?])[];
  readonly #replies: StatementSync;
  readonly #latest: StatementSync;
  /** The last run that was looked at: those before it stay, for now. */
  #place = { ended: -Infinity, seq: 0 };

  constructor(database: DatabaseSync) {
    const sql = (text: string): StatementSync => database.prepare(text);
    this.#removed = new RemovedRuns(database);
    this.#totals = new TotalRows(database);
    this.#begun = sql('SELECT run, id, time FROM removals LIMIT 1');
    this.#ended = sql(
      `SELECT seq, id, state, ended, announcement, ${mayGo} AS mayGo FROM runs
       WHERE ended IS NOT NULL AND ended < ?1 AND (ended, seq) > (?2, ?3) ORDER BY ended, seq LIMIT 1`,
    );
    // They go with the run in any case, all in one transaction: here one by one before.
    this.#failure = sql('DELETE FROM failures WHERE seq = (SELECT seq FROM failures WHERE run = ? LIMIT 1)');
    this.#begin = [
      sql('INSERT INTO removals (run, id, time) VALUES (:seq, :id, :now)'),
      sql('DELETE FROM run_words WHERE rowid = :seq'),
      sql('DELETE FROM cancellations WHERE run = :id'),
      sql('DELETE FROM runs WHERE seq = :seq'),
    ];
    for (const statement of this.#begin) statement.setAllowUnknownNamedParameters(true);
    this.#sources = sql('SELECT sources FROM announcements WHERE seq = ?');
    this.#lessUsed = sql('UPDATE text_uses SET uses = uses - 1 WHERE hash = ? RETURNING uses');
    // The history of a recipe outlives the runs that were made from it.
    this.#unusedText = [
      sql('DELETE FROM texts WHERE hash = ? AND NOT EXISTS (SELECT 1 FROM recipe_versions WHERE text = texts.hash)'),
      sql('DELETE FROM text_uses WHERE hash = ?'),
    ];
    this.#announcement = sql('DELETE FROM announcements WHERE seq = ?');
    const oneOf = (table: string, key: string): StatementSync =>
      sql(`DELETE FROM ${table} WHERE run = ?1 AND ${key} = (SELECT ${key} FROM ${table} WHERE run = ?1 LIMIT 1)`);
    this.#parts = [
      [oneOf('deliveries', 'seq'), 'removed.deliveries'],
      [oneOf('results', 'seq')],
      [oneOf('reinjections', 'id')],
      [oneOf('told', 'key')],
      [oneOf('steps', 'step')],
      [oneOf('budgets', 'step')],
    ];
    // Of the same id in a life that began since, the answers stay.
    this.#replies = sql(
      'DELETE FROM replies WHERE rowid = (SELECT rowid FROM replies WHERE run = ? AND time <= ? LIMIT 1)',
    );
    this.#end = sql('DELETE FROM removals WHERE run = ?');
    this.#latest = sql(
      `INSERT INTO totals (name, value) VALUES ('removed.before', ?)
       ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`,
    );
  }

  /** Removes the next piece, or looks at the next run; false when there is none left. */
  step(due: RunDue): boolean {
    return this.#goOn() || this.#next(due);
  }

  /** From the run that ended first. */
  restart(): void {
    this.#place = { ended: -Infinity, seq: 0 };
  }

  /** Removes an announcement that starts no run that there is. */
  removeAnnouncement(seq: number): void {
    const sources = this.#sources.get(seq)?.['sources'] ?? null;
    for (const { text } of JSON.parse(String(sources ?? '[]')) as readonly SourceRow[]) {
      const left = text === undefined ? undefined : this.#lessUsed.get(text)?.['uses'];
      if (text !== undefined && Number(left) <= 0) for (const statement of this.#unusedText) statement.run(text);
    }
    this.#announcement.run(seq);
    this.#count('removed.announcements');
  }

  #goOn(): boolean {
    const begun = this.#begun.get() as Begun | undefined;
    if (!begun) return false;
    for (const [statement, total] of this.#parts) {
      const { changes } = statement.run(begun.run);
      if (changes > 0 && total) this.#count(total, Number(changes));
      if (changes > 0) return true;
    }
    if (this.#replies.run(begun.id, begun.time).changes > 0) this.#count('removed.replies');
    else this.#end.run(begun.run);
    return true;
  }

  #next({ before, now }: RunDue): boolean {
    const run = this.#ended.get(before, this.#place.ended, this.#place.seq) as EndedRun | undefined;
    if (!run) return false;
    const { seq, id, state, ended, announcement } = run;
    if (run.mayGo === 1 && this.#failure.run(id).changes > 0) return true;
    this.#place = { ended, seq };
    if (run.mayGo === 0) return true;
    for (const statement of this.#begin) statement.run({ seq, id, now });
    if (announcement !== null) this.removeAnnouncement(announcement);
    this.#removed.add(id, { time: now, state });
    this.#count('removed.runs');
    this.#count(`runs.${state}`, -1);
    this.#latest.run(ended);
    return true;
  }

  #count(total: Total, count = 1): void {
    this.#totals.add(new Map([[total, count]]));
  }
}

/**
 * A letter that the broker still has would be known without its run, and might be sent again. And a run is as old as the
 * ledger's own clock says, too: with the clock of another host in 1970 all of its runs would be.
 */
const mayGo = `heard < ?1 AND seq < (SELECT MAX(seq) FROM runs) AND unaddressed = 0
  AND coalesce(announcement, 0) < (SELECT MAX(seq) FROM announcements)
  AND NOT EXISTS (SELECT 1 FROM failures WHERE failures.run = runs.id AND queue IS NOT NULL)`;

interface EndedRun {
  readonly seq: number;
  readonly id: string;
  readonly state: RunState;
  readonly ended: number;
  readonly announcement: number | null;
  readonly mayGo: 0 | 1;
}

interface Begun {
  readonly run: number;
  readonly id: string;
  readonly time: number;
}
