import { createGzip, type Gzip } from 'node:zlib';
import { printLetter } from './file.ts';
import { placeIn } from './folder.ts';
import type { Letter } from './letter.ts';

/** What an archive takes at most: it is made in memory. */
const lettersAtMost = 10_000;
const bytesAtMost = 64e6;
/** Characters of a name that the form of a header (ustar) has room for. */
const nameAtMost = 100;
const block = 512;

/** Dead letters as one file: a compressed tar archive of the files that `zocalo.dlq_purge` writes. */
export class LetterArchive {
  readonly #gzip: Gzip = createGzip();
  readonly #names = new Set<string>();
  #bytes = 0;
  #letters = 0;

  /** The archive, as it is made. */
  get stream(): Gzip {
    return this.#gzip;
  }

  get letters(): number {
    return this.#letters;
  }

  /** False when there is no room for more: then it is not in the archive. */
  add(letter: Letter): boolean {
    const text = Buffer.from(printLetter(letter, new Date()));
    if (this.#letters >= lettersAtMost || this.#bytes + text.length > bytesAtMost) return false;
    this.#gzip.write(headerOf(this.#freeName(letter), text.length));
    this.#gzip.write(text);
    this.#gzip.write(Buffer.alloc((block - (text.length % block)) % block));
    this.#bytes += text.length;
    this.#letters += 1;
    return true;
  }

  end(): void {
    this.#gzip.end(Buffer.alloc(2 * block));
  }

  #freeName(letter: Letter): string {
    const [day, name] = placeIn(letter);
    for (let number = 1; ; number += 1) {
      const tail = number === 1 ? '' : `-${String(number)}`;
      const path = `${day}/${name}`.slice(0, nameAtMost - tail.length) + tail;
      if (this.#names.has(path)) continue;
      this.#names.add(path);
      return path;
    }
  }
}

/** POSIX.1-1988, ustar: name, mode, owner, group, size, time, checksum, type. */
function headerOf(name: string, size: number): Buffer {
  const header = Buffer.alloc(block);
  const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;
  header.write(name, 0, nameAtMost);
  header.write(octal(0o644, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12), 100);
  header.write(octal(Math.floor(Date.now() / 1000), 12), 136);
  header.write('        0', 148);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
