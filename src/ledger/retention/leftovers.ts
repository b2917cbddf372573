import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { JoinRows } from '../tables/joins.ts';
import { TotalRows, type Total } from '../tables/totals.ts';

/** A month: no member of a join comes later than that. */
const joinsRemembered = 30 * 24 * 3600 * 1000;

/**
 * Removes what belongs to no run and is old: announcements that started none, answers to them, what was no record, and
 * joins that closed. Each table is gone through in the order in which its rows came.
 */
export class Leftovers {
  readonly #joins: JoinRows;
  readonly #totals: TotalRows;
  readonly #removeAnnouncement: (seq: number) => void;
  readonly #tables: readonly Walked[];
  #table = 0;
  #row = 0;

  /** `removeAnnouncement` is given the announcements that are to go. */
  constructor(database: DatabaseSync, removeAnnouncement: (seq: number) => void) {
    const walk = (table: string, time: string, isOfRun: string): StatementSync =>
      database.prepare(
        `SELECT rowid AS row, ${time} AS time, ${isOfRun} AS isOfRun, rowid = (SELECT MAX(rowid) FROM ${table}) AS isLast
         FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT 1`,
      );
    const ofRun = (table: string): string => `EXISTS (SELECT 1 FROM runs WHERE runs.id = ${table}.run)`;
    const remove = (table: string, total: Total): ((row: number) => void) => {
      const statement = database.prepare(`DELETE FROM ${table} WHERE rowid = ?`);
      return (row) => {
        statement.run(row);
        this.#totals.add(new Map([[total, 1]]));
      };
    };
    this.#joins = new JoinRows(database);
    this.#totals = new TotalRows(database);
    this.#removeAnnouncement = removeAnnouncement;
    const accepted = `outcome = 'accepted' AND ${ofRun('announcements')}`;
    this.#tables = [
      { next: walk('announcements', 'settled', accepted), remove: (row) => this.#removeAnnouncement(row) },
      { next: walk('replies', 'time', ofRun('replies')), remove: remove('replies', 'removed.replies') },
      { next: walk('malformed', 'time', '0'), remove: remove('malformed', 'removed.malformed') },
    ];
  }

  /** Looks at one row; false when there is none left that came before that time. */
  step(before: number, now: number): boolean {
    if (this.#joins.forgetBefore(now - joinsRemembered)) return true;
    const table = this.#tables[this.#table];
    if (!table) return false;
    const found = table.next.get(this.#row) as Found | undefined;
    if (!found || found.time >= before || found.isLast === 1) {
      this.#table += 1;
      this.#row = 0;
      return true;
    }
    this.#row = found.row;
    if (found.isOfRun === 0) table.remove(found.row);
    return true;
  }

  /** From the first row of the first table. */
  restart(): void {
    this.#table = 0;
    this.#row = 0;
  }
}

interface Walked {
  readonly next: StatementSync;
  readonly remove: (row: number) => void;
}

interface Found {
  readonly row: number;
  readonly time: number;
  readonly isOfRun: 0 | 1;
  /** Its number would be given again. */
  readonly isLast: 0 | 1;
}
