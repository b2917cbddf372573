/**
 * Bytes gathered from pieces of any size: linear time, and memory at most twice the bytes, however small the pieces
 * (a list of pieces would cost a hundred bytes for each, and keep the chunks they were cut from alive).
 */
export class Gathering {
  #bytes = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds a piece. `expected` is the size known beforehand, beyond which no room is made. */
  append(piece: Buffer, expected = Infinity): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, Math.min(2 * this.#bytes.length, expected)));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = needed;
  }

  /** What was gathered, and starts anew. The bytes are the caller's own. */
  take(): Buffer {
    const all = this.#bytes.subarray(0, this.#length);
    const isTight = this.#length === this.#bytes.length;
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
    return isTight ? all : Buffer.from(all);
  }
}
