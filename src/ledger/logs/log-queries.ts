import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import type { JsonObject } from '../../core/json.ts';
import { logLevels, type LogLevel } from '../../services/log-line.ts';
import type { LogLineView, LogPage } from './log-view.ts';

/** Which lines of a run, and how many. */
export interface LogFilter {
  /** This level, and graver ones. */
  readonly level?: LogLevel | undefined;
  readonly step?: number | undefined;
  /** The `later` of a page: lines that came after it, the oldest first to be found. */
  readonly after?: number | undefined;
  /** The `earlier` of a page: lines that came before it. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Reads the log lines of runs. */
export class LogQueries {
  readonly #database: DatabaseSync;
  readonly #run: StatementSync;
  readonly #latest: StatementSync;
  /** One for each combination of filters that was asked for. */
  readonly #lists = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#run = database.prepare('SELECT seq, lines, leftOut, removed FROM runs WHERE id = ?');
    this.#latest = database.prepare('SELECT MAX(seq) AS seq FROM lines WHERE run = ?');
  }

  /** The latest lines of a run, or those around a cursor, in the order they came; undefined where there never were any. */
  lines(id: string, { level, step, after, before, limit }: LogFilter): LogPage | undefined {
    const run = this.#run.get(id) as unknown as RunRow | undefined;
    if (!run) return undefined;
    const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
      ['level >= ?', level === undefined || level === 'debug' ? undefined : logLevels.indexOf(level)],
      ['step = ?', step],
      ['seq > ?', after],
      ['seq < ?', before],
    ];
    const asked = conditions.filter(([, value]) => value !== undefined) as readonly (readonly [
      string,
      SQLInputValue,
    ])[];
    const forwards = after !== undefined;
    const list = this.#list(
      asked.map(([sql]) => sql),
      forwards ? 'ASC' : 'DESC',
    );
    const rows = list.all(run.seq, ...asked.map(([, value]) => value), limit + 1) as unknown as readonly LineRow[];
    const found = rows.slice(0, limit);
    const inOrder = forwards ? found : found.toReversed();
    const isMore = rows.length > limit;
    // Beyond what fits nothing that is there already comes again, fitting or not.
    const end = Number(this.#latest.get(run.seq)?.['seq'] ?? after ?? 0);
    const later = forwards && isMore ? (inOrder.at(-1)?.seq ?? after) : Math.max(end, after ?? 0);
    return {
      items: inOrder.map(viewOf),
      kept: run.lines,
      leftOut: run.leftOut,
      removed: run.removed,
      later,
      ...(!forwards && isMore && inOrder[0] ? { earlier: inOrder[0].seq } : {}),
      ...(forwards && isMore ? { more: true } : {}),
    };
  }

  #list(conditions: readonly string[], order: 'ASC' | 'DESC'): StatementSync {
    const where = ['run = ?', ...conditions].join(' AND ');
    const sql = `SELECT ${columns} FROM lines WHERE ${where} ORDER BY seq ${order} LIMIT ?`;
    const known = this.#lists.get(sql);
    if (known) return known;
    const made = this.#database.prepare(sql);
    this.#lists.set(sql, made);
    return made;
  }
}

const columns = 'seq, step, level, time, service, host, key, attempt, trace, text, fields, leftOut';

interface RunRow {
  readonly seq: number;
  readonly lines: number;
  readonly leftOut: number;
  readonly removed: number;
}

interface LineRow {
  readonly seq: number;
  readonly step: number;
  readonly level: number;
  readonly time: number;
  readonly service: string;
  readonly host: string;
  readonly key: string;
  readonly attempt: number;
  readonly trace: string | null;
  readonly text: string;
  readonly fields: string | null;
  readonly leftOut: number;
}

function viewOf({ level, trace, fields, leftOut, ...line }: LineRow): LogLineView {
  return {
    ...line,
    level: logLevels[level] ?? 'info',
    ...(trace === null ? {} : { trace }),
    ...(fields === null ? {} : { fields: JSON.parse(fields) as JsonObject }),
    ...(leftOut > 0 ? { leftOut } : {}),
  };
}
