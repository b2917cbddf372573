import type { Socket } from 'node:net';

/** Larger pieces are handed to the socket as they are; smaller ones are joined first, as each write costs more than its bytes. */
const JOINED_BYTES = 64 * 1024;

/** So many times what is allowed for messages may wait in answers that cannot be held back. */
const FLOOD = 8;

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
    // Below its own mark the socket would not tell when it has drained.
    this.#allowedBytes = Math.max(allowedBytes, socket.writableHighWaterMark);
    this.#touched = touched;
  }

  /** The peer takes bytes more slowly than they come: nothing should be added that can wait. */
  get isFull(): boolean {
    return this.#waiting >= this.#allowedBytes;
  }

  /** The peer asks for answers and does not read them. */
  get isFlooded(): boolean {
    return this.#waiting >= FLOOD * this.#allowedBytes;
  }

  get #waiting(): number {
    return this.#bytes + this.#socket.writableLength;
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
    if (small.length > 0) yield Buffer.concat(small);
    yield piece;
    small = [];
  }
  if (small.length > 0) yield Buffer.concat(small);
}
