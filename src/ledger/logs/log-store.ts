import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { bytesOf } from '../../services/line-buffer.ts';
import { logLevels, type LogLine } from '../../services/log-line.ts';

/** How many log lines are kept. */
export interface LogLimits {
  /** Of one run; then its oldest go, those below a warning first. */
  readonly linesPerRun: number;
  /** Of all runs, in bytes of text, about; then the oldest go. */
  readonly bytes: number;
  /** After so many days lines go in any case. */
  readonly days: number;
}

export const standardLogLimits: LogLimits = { linesPerRun: 5_000, bytes: 500_000_000, days: 30 };

/** The file of the log lines, in the folder of the ledger. */
const logFile = 'logs.sqlite';

/**
 * Log lines in a file of their own, beside the ledger's: they are written without waiting for the disk, since nothing is
 * promised about them, so that a flood of them costs the intake of records only the processor's time.
 */
export class LogStore implements Disposable {
  readonly database: DatabaseSync;
  readonly #limits: LogLimits;
  readonly #statements: ReturnType<typeof prepare>;
  #bytes: number;

  /** Opens the file of the folder, or makes it; one that cannot be used is put aside, and a new one made. */
  constructor(folder: string, limits: LogLimits) {
    this.database = openOrAnew(join(folder, logFile));
    this.#limits = limits;
    this.#statements = prepare(this.database);
    this.#bytes = Number(this.#statements.bytes.get()?.['bytes'] ?? 0);
  }

  /** Adds lines in one transaction, and removes about as much as is too much. */
  add(lines: readonly LogLine[], now: number): void {
    this.#transaction(() => {
      for (const [run, those] of Map.groupBy(lines, (line) => line.run)) this.#addTo(run, those, now);
      if (this.#bytes > this.#limits.bytes) this.#removeOldest(Number.MAX_SAFE_INTEGER, 2 * lines.length + 100);
    });
  }

  /** Removes some of what is too old or too much; false when nothing more is. */
  sweep(now: number): boolean {
    const before = now - this.#limits.days * 24 * 3600 * 1000;
    return this.#transaction(() => {
      const end = this.#bytes > this.#limits.bytes ? Number.MAX_SAFE_INTEGER : before;
      const lines = this.#removeOldest(end, step);
      const runs = Number(this.#statements.forgetRuns.run(before, step).changes);
      if (lines + runs > 0) this.#statements.shrink.all();
      return lines === step || runs === step;
    });
  }

  [Symbol.dispose](): void {
    if (this.database.isOpen) this.database.close();
  }

  #addTo(run: string, lines: readonly LogLine[], now: number): void {
    const { findRun, addRun, insert, counted } = this.#statements;
    const known = (findRun.get(run) ?? addRun.get(run)) as unknown as RunRow;
    let bytes = 0;
    let leftOut = 0;
    for (const line of lines) {
      const size = bytesOf(line);
      const { step: number, level, time, service, host, key, attempt, trace = null, text, fields } = line;
      const fieldsText = fields ? JSON.stringify(fields) : null;
      insert.run(
        ...[known.seq, number, logLevels.indexOf(level), time, now, service, host, key, attempt, trace],
        ...[text, fieldsText, line.leftOut ?? 0, size],
      );
      bytes += size;
      leftOut += line.leftOut ?? 0;
    }
    this.#bytes += bytes;
    counted.run(lines.length, bytes, leftOut, now, known.seq);
    const tooMany = known.lines + lines.length - this.#limits.linesPerRun;
    // A tenth at once: not one line for each that comes.
    if (tooMany > 0) this.#trim(known.seq, tooMany + Math.floor(this.#limits.linesPerRun / 10));
  }

  #trim(run: number, count: number): void {
    const { lesserOf, allOf } = this.#statements;
    const lesser = lesserOf.all(run, count) as unknown as readonly LineRow[];
    this.#remove(lesser);
    if (lesser.length < count) this.#remove(allOf.all(run, count - lesser.length) as unknown as readonly LineRow[]);
  }

  /** Removes at most so many of the lines that came first, of those that came before `end`. */
  #removeOldest(end: number, count: number): number {
    const oldest = this.#statements.oldest.all(count) as unknown as readonly LineRow[];
    const those = oldest.filter(({ heard }) => heard < end);
    this.#remove(those);
    return those.length;
  }

  #remove(rows: readonly LineRow[]): void {
    const { remove, removed } = this.#statements;
    for (const [run, those] of Map.groupBy(rows, (row) => row.run)) {
      const bytes = those.reduce((sum, row) => sum + row.bytes, 0);
      for (const { seq } of those) remove.run(seq);
      // A note stands for the lines that it counts, which are counted already.
      const lines = those.filter(({ leftOut }) => leftOut === 0).length;
      removed.run(those.length, bytes, lines, run);
      this.#bytes -= bytes;
    }
  }

  #transaction<Result>(work: () => Result): Result {
    const bytes = this.#bytes;
    this.database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#bytes = bytes;
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      throw error;
    }
  }
}

interface RunRow {
  readonly seq: number;
  readonly lines: number;
}

interface LineRow {
  readonly seq: number;
  readonly run: number;
  readonly bytes: number;
  readonly leftOut: number;
  readonly heard: number;
}

/** Lines removed in one transaction: a few milliseconds. */
const step = 500;

function openOrAnew(file: string): DatabaseSync {
  try {
    return open(file);
  } catch {
    renameSync(file, `${file}.unusable`);
    for (const end of ['-wal', '-shm']) rmSync(file + end, { force: true });
    return open(file);
  }
}

const format = 1;

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec(pragmas);
    const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found === 0) database.exec(`BEGIN; ${tables}; PRAGMA user_version = ${String(format)}; COMMIT`);
    else if (found !== format) throw new Error('the lines are of another release');
    prepare(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Lines may be lost with the power: NORMAL waits for the disk only when the log is copied into the file. */
const pragmas = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA cache_size = -8192;
  PRAGMA journal_size_limit = 16777216;
`;

const tables = `
  CREATE TABLE runs (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    lines INTEGER NOT NULL DEFAULT 0,    -- kept, with notes
    bytes INTEGER NOT NULL DEFAULT 0,
    leftOut INTEGER NOT NULL DEFAULT 0,  -- that never came here
    removed INTEGER NOT NULL DEFAULT 0,  -- that were here
    latest INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX runs_empty ON runs (latest) WHERE lines = 0;
  -- AUTOINCREMENT: a cursor never means another line, whatever was removed.
  CREATE TABLE lines (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL, step INTEGER NOT NULL, level INTEGER NOT NULL,
    time INTEGER NOT NULL, heard INTEGER NOT NULL,
    service TEXT NOT NULL, host TEXT NOT NULL, key TEXT NOT NULL, attempt INTEGER NOT NULL, trace TEXT,
    text TEXT NOT NULL, fields TEXT, leftOut INTEGER NOT NULL, bytes INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX lines_of_run ON lines (run);
`;

function prepare(
  database: DatabaseSync,
): Record<
  | 'findRun'
  | 'addRun'
  | 'insert'
  | 'counted'
  | 'lesserOf'
  | 'allOf'
  | 'oldest'
  | 'remove'
  | 'removed'
  | 'forgetRuns'
  | 'shrink'
  | 'bytes',
  StatementSync
> {
  const columns = 'seq, run, bytes, leftOut, heard';
  return {
    findRun: database.prepare('SELECT seq, lines FROM runs WHERE id = ?'),
    addRun: database.prepare('INSERT INTO runs (id) VALUES (?) RETURNING seq, lines'),
    insert: database.prepare(
      `INSERT INTO lines (run, step, level, time, heard, service, host, key, attempt, trace, text, fields, leftOut, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    counted: database.prepare(
      'UPDATE runs SET lines = lines + ?, bytes = bytes + ?, leftOut = leftOut + ?, latest = ? WHERE seq = ?',
    ),
    lesserOf: database.prepare(`SELECT ${columns} FROM lines WHERE run = ? AND level < 2 ORDER BY seq LIMIT ?`),
    allOf: database.prepare(`SELECT ${columns} FROM lines WHERE run = ? ORDER BY seq LIMIT ?`),
    oldest: database.prepare(`SELECT ${columns} FROM lines ORDER BY seq LIMIT ?`),
    remove: database.prepare('DELETE FROM lines WHERE seq = ?'),
    removed: database.prepare(
      'UPDATE runs SET lines = lines - ?, bytes = bytes - ?, removed = removed + ? WHERE seq = ?',
    ),
    forgetRuns: database.prepare(
      'DELETE FROM runs WHERE seq IN (SELECT seq FROM runs WHERE lines = 0 AND latest < ? LIMIT ?)',
    ),
    shrink: database.prepare('PRAGMA incremental_vacuum(200)'),
    bytes: database.prepare('SELECT SUM(bytes) AS bytes FROM runs'),
  };
}
