import { open, type FileHandle } from 'node:fs/promises';

/** Bytes kept of what a program prints: its beginning, where it says what it is, and its end, where it says what went wrong. */
const first = 16 * 1024;
const last = 48 * 1024;

/** The file that a program prints to. It is read through the handle that was opened here, whatever the program does to its name. */
export class Printed implements AsyncDisposable {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async to(path: string): Promise<Printed> {
    return new Printed(await open(path, 'ax+', 0o600));
  }

  get fd(): number {
    return this.#file.fd;
  }

  async bytes(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  async read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }> {
    return await this.#file.read(buffer, offset, length, position);
  }

  /** All, or its beginning and its end. */
  async text(): Promise<string> {
    const size = await this.bytes();
    if (size <= first + last) return await this.#part(0, size);
    const left = size - first - last;
    return `${await this.#part(0, first)}\n… ${left} bytes left out …\n${await this.#part(size - last, last)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }

  async #part(position: number, length: number): Promise<string> {
    const { bytesRead, buffer } = await this.#file.read(Buffer.alloc(length), 0, length, position);
    return buffer.toString('utf8', 0, bytesRead).replaceAll('\0', '\u2400');
  }
}
