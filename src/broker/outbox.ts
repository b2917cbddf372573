import type { Socket } from 'node:net';

/** Larger pieces are handed to the socket as they are; smaller ones are joined first, as each write costs more than its bytes. */
const JOINED_BYTES = 64 * 1024;

/** Bytes for one peer: gathered during a turn, written at its end. */
export class Outbox {
  readonly #socket: Socket;
  readonly #allowedBytes: number;
  readonly #touched: (outbox: Outbox) => void;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isEnding = false;

  constructor(socket: Socket, allowedBytes: number, touched: (outbox: Outbox) => void) {
    this.#socket = socket;
    this.#allowedBytes = allowedBytes;
    this.#touched = touched;
  }

  /** The peer takes bytes more slowly than they come: nothing should be added that can wait. */
  get isFull(): boolean {
    return this.#bytes + this.#socket.writableLength >= this.#allowedBytes;
  }

  push(...pieces: readonly Buffer[]): void {
    if (this.#bytes === 0) this.#touched(this);
    for (const piece of pieces) {
      this.#pieces.push(piece);
      this.#bytes += piece.length;
    }
  }

  /** After what was pushed, the end of the stream. */
  end(): void {
    this.#isEnding = true;
    this.#touched(this);
  }

  flush(): void {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#bytes = 0;
    if (!this.#socket.writable) return;
    this.#socket.cork();
    for (const piece of joined(pieces)) this.#socket.write(piece);
    this.#socket.uncork();
    if (this.#isEnding) this.#socket.end();
  }
}

function* joined(pieces: readonly Buffer[]): Generator<Buffer> {
  let small: Buffer[] = [];
  for (const piece of pieces) {
    if (piece.length < JOINED_BYTES) {
      small.push(piece);
      continue;
    }
    yield Buffer.concat(small);
    yield piece;
    small = [];
  }
  yield Buffer.concat(small);
}
