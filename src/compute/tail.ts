/** What a file that grows is read through. */
export interface Readable {
  read(buffer: Buffer, offset: number, length: number, position: number): Promise<{ readonly bytesRead: number }>;
}

/** Bytes read at one look: what a program writes faster is caught up with later, or skipped. */
const atOnce = 64 * 1024;
/** A longer line is told in pieces, or, where lines are to stay whole, ends the telling. */
const longestLine = 256 * 1024;

/** Reads the lines that a file has got since the last look. */
export class Tail {
  #position = 0;
  #rest = Buffer.alloc(0);
  readonly #staysWhole: boolean;
  #isOver = false;

  constructor({ staysWhole = false } = {}) {
    this.#staysWhole = staysWhole;
  }

  /** Whole lines, without their ends; `isLast`: also what follows the last end of a line. */
  async lines(file: Readable, isLast = false): Promise<readonly string[]> {
    if (this.#isOver) return [];
    const buffer = Buffer.allocUnsafe(atOnce);
    const { bytesRead } = await file.read(buffer, 0, atOnce, this.#position);
    this.#position += bytesRead;
    const text = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
    const end = text.lastIndexOf(0x0a) + 1;
    const isTooLong = text.length - end > longestLine;
    this.#isOver = isTooLong && this.#staysWhole;
    const isWhole = isLast || (isTooLong && !this.#staysWhole);
    const taken = isWhole ? text : text.subarray(0, end);
    this.#rest = isWhole ? Buffer.alloc(0) : Buffer.from(text.subarray(end));
    if (taken.length === 0) return [];
    return taken
      .toString('utf8')
      .replace(/\r?\n$/, '')
      .split(/\r?\n/);
  }

  /** Goes on near the end of a file of that size, when it is far behind; returns how many bytes it passed over. */
  catchUp(size: number): number {
    const behind = size - this.#position - atOnce;
    if (behind <= 0) return 0;
    this.#position += behind;
    this.#rest = Buffer.alloc(0);
    return behind;
  }
}
