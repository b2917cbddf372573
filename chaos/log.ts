import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

/** What was done and what was heard, a line each, in a file. */
export class Log implements AsyncDisposable {
  readonly #stream: WriteStream;

  constructor(file: string) {
    this.#stream = createWriteStream(file);
  }

  write(what: string): void {
    if (!this.#stream.writableEnded) this.#stream.write(`${new Date().toISOString()} ${what}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stream.end();
    await finished(this.#stream);
  }
}
