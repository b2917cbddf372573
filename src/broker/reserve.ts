import { randomBytes } from 'node:crypto';
import { existsSync, statSync, truncateSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';

/** Written at a time, between which others are served. */
const PIECE_BYTES = 1024 * 1024;

/**
 * Space on the disk that a file beside the store keeps for acknowledgements: to remove a message is written first, too, so
 * that on a full disk nothing could ever leave. When it has been given up, only what adds nothing is written, until the
 * disk has room for it again.
 */
export class Reserve {
  readonly #file: string;
  readonly #bytes: number;
  #state: 'absent' | 'kept' | 'used';
  #making: Promise<void> | undefined;
  #isClosed = false;

  /** What an earlier process left of the file is what there is. */
  constructor(file: string, bytes: number) {
    this.#file = file;
    this.#bytes = bytes;
    this.#state = !existsSync(file) ? 'absent' : statSync(file).size > 0 ? 'kept' : 'used';
    if (this.isUsed) void this.make();
  }

  /** It was given up, and the disk has not had that much room since. */
  get isUsed(): boolean {
    return this.#state === 'used';
  }

  /** Gives it up; false when there is none. */
  release(): boolean {
    if (this.#state !== 'kept') return false;
    // The empty file tells the next start.
    truncateSync(this.#file, 0);
    this.#state = 'used';
    return true;
  }

  /** Makes it, if it is not there. On a disk without that much room everything stays as it is. */
  async make(): Promise<void> {
    if (this.#state === 'kept' || this.#bytes === 0 || this.#isClosed) return;
    this.#making ??= this.#make().finally(() => (this.#making = undefined));
    await this.#making;
  }

  /** What is being made is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#making;
  }

  async #make(): Promise<void> {
    const part = `${this.#file}.part`;
    try {
      await this.#write(part);
      await rename(part, this.#file);
      this.#state = 'kept';
    } catch {
      await rm(part, { force: true });
    }
  }

  /** Random bytes, as some file systems keep no room for zeros. */
  async #write(path: string): Promise<void> {
    const piece = randomBytes(PIECE_BYTES);
    await using file = await open(path, 'w');
    for (let written = 0; written < this.#bytes; written += piece.length) {
      if (this.#isClosed) throw new Error('the store is being closed');
      await file.write(piece, 0, Math.min(piece.length, this.#bytes - written));
    }
    await file.sync();
  }
}
