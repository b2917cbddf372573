import type { LogLevel, LogLine, LogOrigin } from './log-line.ts';

/** How many lines are taken until they are fetched, of all runs and of one, and how many bytes. */
export interface LineLimits {
  readonly lines: number;
  readonly ofRun: number;
  readonly bytes: number;
}

/** So many notes of what was left out name their run and step. */
const notesAtMost = 200;

/**
 * Lines on their way, bounded whatever comes in. Warnings and errors have room of their own, as large, which no flood of
 * lesser lines takes: the line that says why comes last. What finds no room is counted, by run and step.
 */
export class LineBuffer {
  readonly #limits: LineLimits;
  #lesser = new Share();
  #grave = new Share();
  #lines: LogLine[] = [];
  #notes = new Map<string, LogLine>();
  #unnamed = 0;

  constructor(limits: LineLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#notes.size === 0 && this.#unnamed === 0;
  }

  /** Whether there is room for one more line: to be asked before it is made. */
  admits({ run }: LogOrigin, level: LogLevel): boolean {
    const { lines, ofRun } = this.#limits;
    const share = this.#shareOf(level);
    return share.lines < lines && (share.ofRun.get(run) ?? 0) < ofRun;
  }

  /** Takes a line, or counts it as left out where there is no room for it. */
  add(line: LogLine): void {
    if (line.leftOut !== undefined) return this.leaveOut(line, line.level, line.time, line.leftOut);
    const share = this.#shareOf(line.level);
    const bytes = bytesOf(line);
    if (!this.admits(line, line.level) || share.bytes + bytes > this.#limits.bytes)
      return this.leaveOut(line, line.level, line.time);
    share.lines += 1;
    share.bytes += bytes;
    share.ofRun.set(line.run, (share.ofRun.get(line.run) ?? 0) + 1);
    this.#lines.push(line);
  }

  /** Counts lines that there is no room for. */
  leaveOut(origin: LogOrigin, level: LogLevel, time: number, count = 1): void {
    const id = JSON.stringify([origin.run, origin.step, origin.host, level]);
    const note = this.#notes.get(id);
    if (!note && this.#notes.size >= notesAtMost) {
      this.#unnamed += count;
      return;
    }
    const { run, step, service, host, key, attempt } = origin;
    const leftOut = (note?.leftOut ?? 0) + count;
    this.#notes.set(id, { run, step, service, host, key, attempt, level, time, text: '', leftOut });
  }

  /** All lines, then the notes of what was left out after them; `unnamed` were left out without such a note. Makes room anew. */
  drain(): { readonly lines: readonly LogLine[]; readonly unnamed: number } {
    const drained = { lines: [...this.#lines, ...this.#notes.values()], unnamed: this.#unnamed };
    this.#lesser = new Share();
    this.#grave = new Share();
    this.#lines = [];
    this.#notes = new Map();
    this.#unnamed = 0;
    return drained;
  }

  #shareOf(level: LogLevel): Share {
    return level === 'warn' || level === 'error' ? this.#grave : this.#lesser;
  }
}

/** What has been taken of lesser, or of grave, lines. */
class Share {
  lines = 0;
  bytes = 0;
  readonly ofRun = new Map<string, number>();
}

/** About what a line takes, in memory and on disk. */
export function bytesOf({ run, key, service, text, fields }: LogLine): number {
  const longTexts = Buffer.byteLength(text) + (fields ? JSON.stringify(fields).length : 0);
  return 100 + run.length + key.length + service.length + longTexts;
}
