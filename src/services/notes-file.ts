import { closeSync, openSync, readFileSync, renameSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { hrtime } from 'node:process';
import type { RunningNotes } from './suspects.ts';

/** Handlers that start, each with the time by which it should have ended, and handlers that ended. Who stands in both has ended. */
type Line = readonly [started: readonly (readonly [id: string, until: number])[], ended: readonly string[]];

/** Bytes after which the file is written anew, with what runs then. A quarter of it, and a service under full load spends 4 % of its time on that. */
const longest = 262_144;

/**
 * Notes in a file, which outlive the process and its supervisor. All of one turn of the event loop stand in one line,
 * and nobody starts before the line with his note is written: that is 2 µs on a local disk, and survives every SIGKILL;
 * only what the disk was not yet given is lost when the power goes.
 */
export class NotesFile implements RunningNotes {
  readonly #path: string;
  readonly #tellCleared: (id: string) => void;
  readonly #running = new Map<string, number>();
  #file: number | undefined;
  #length = 0;
  #started: [id: string, until: number][] = [];
  #ended = new Set<string>();
  #written = Promise.withResolvers<void>();
  #isDue = false;

  constructor(path: string, tellCleared: (id: string) => void) {
    this.#path = path;
    this.#tellCleared = tellCleared;
  }

  started(id: string, seconds: number): Promise<void> {
    this.#started.push([id, monotonic() + seconds * 1000]);
    this.#ended.delete(id);
    this.#flushSoon();
    return this.#written.promise;
  }

  ended(id: string): void {
    this.#ended.add(id);
    this.#flushSoon();
  }

  /** No handler runs. */
  get isEmpty(): boolean {
    return this.#running.size + this.#started.length === 0;
  }

  cleared(id: string): void {
    this.#tellCleared(id);
  }

  #flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    setImmediate(() => this.#flush());
  }

  #flush(): void {
    const [started, ended, written] = [this.#started, [...this.#ended], this.#written];
    this.#isDue = false;
    [this.#started, this.#ended, this.#written] = [[], new Set<string>(), Promise.withResolvers<void>()];
    for (const [id, until] of started) this.#running.set(id, until);
    for (const id of ended) this.#running.delete(id);
    this.#write([started, ended]);
    written.resolve();
  }

  /** A full disk ends the guard, not the work: the next line is tried with all that runs by then. */
  #write(line: Line): void {
    try {
      if (this.#file === undefined || this.#length > longest) this.#writeAnew();
      else this.#append(this.#file, Buffer.from(textOf(line)));
    } catch {
      this.#withdraw();
    }
  }

  #append(file: number, line: Buffer): void {
    this.#length += line.length;
    if (writeSync(file, line) < line.length) throw new Error('the disk took half a line');
  }

  /** Notes that stay behind would have the process ended, over a handler that they do not know to have ended. */
  #withdraw(): void {
    this.#close();
    try {
      truncateSync(this.#path);
    } catch {
      // There are none, or nothing can be done about it.
    }
  }

  #writeAnew(): void {
    const text = textOf([[...this.#running], []]);
    writeFileSync(`${this.#path}.new`, text);
    renameSync(`${this.#path}.new`, this.#path);
    this.#close();
    this.#file = openSync(this.#path, 'a');
    this.#length = text.length;
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }
}

/** What runs by the notes in this file, each with the time by which it should have ended, as `monotonic` tells it. Empty where there is no file. */
export function readNotes(path: string): ReadonlyMap<string, number> {
  const running = new Map<string, number>();
  for (const [started, ended] of linesOf(path)) {
    for (const [id, until] of started) running.set(id, until);
    for (const id of ended) running.delete(id);
  }
  return running;
}

/** Milliseconds by the clock that nobody sets, and that all processes of a host share. */
export function monotonic(): number {
  return Number(hrtime.bigint() / 1_000_000n);
}

function textOf(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

function linesOf(path: string): readonly Line[] {
  try {
    return readFileSync(path, 'utf8').split('\n').flatMap(lineFrom);
  } catch {
    return [];
  }
}

/** None where it was being written, and nobody started on it; or where the disk lost it with the power. */
function lineFrom(text: string): readonly Line[] {
  try {
    return [JSON.parse(text) as Line];
  } catch {
    return [];
  }
}
