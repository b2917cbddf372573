import { isAscii, isUtf8 } from 'node:buffer';
import { limit, malformed } from './errors.ts';
import { defaultLimits, type Frame, type FrameLimits, isEscaped } from './frame.ts';
import { Gathering } from './gathering.ts';

/** What stands for an end of line between frames. STOMP 1.2 "Heart-beating". */
export const HEART_BEAT = 'heart-beat';

const EMPTY_LINE = Buffer.from('\n\n');
const LF = 10;
const CR = 13;

/** Turns the bytes of one connection, split in any way, into frames. Each byte is looked at a constant number of times. */
export class Decoder {
  readonly #limits: FrameLimits;
  /** The unfinished line, or the unfinished body. */
  readonly #part = new Gathering();
  #command = '';
  #headers: Record<string, string> = emptyHeaders();
  #headerCount = 0;
  /** Bytes of the body being read: `undefined` while reading lines, Infinity when only the NUL tells. */
  #bodyLength: number | undefined;
  /** False once a chunk had a head that is not: its other frames are read line by line, or each would search all that follows. */
  #isPlain = true;
  #failure: Error | undefined;

  constructor(limits: Partial<FrameLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits };
  }

  /**
   * The frames and heart-beats that the chunk completes. Iterate to the end before the next push. Throws
   * `stomp.malformed` or `stomp.limit` after what was well-formed, and again on every later push.
   */
  *push(chunk: Buffer): Generator<Frame | typeof HEART_BEAT, void, undefined> {
    if (this.#failure) throw this.#failure;
    this.#isPlain = true;
    try {
      for (let rest = chunk; rest.length > 0;) {
        const used =
          this.#bodyLength === undefined ? (this.#readHead(rest) ?? this.#readLine(rest)) : this.#readBody(rest);
        rest = rest.subarray(used.bytes);
        if (used.result) yield used.result;
      }
    } catch (error) {
      this.#failure = error as Error;
      throw error;
    }
  }

  /** The common case: a command with all its headers in plain ASCII stands in one piece. Five times as fast as line by line. */
  #readHead(rest: Buffer): Progress | undefined {
    if (!this.#isPlain || rest[0] === LF || this.#command !== '' || this.#part.length > 0) return undefined;
    const head = this.#plainHead(rest);
    this.#isPlain = head !== undefined;
    if (head === undefined) return undefined;
    const end = head.length;
    let start = head.indexOf('\n');
    this.#endLine(start < 0 ? head : head.slice(0, start));
    while (start >= 0) {
      const next = head.indexOf('\n', start + 1);
      this.#addHeader(head, start + 1, next < 0 ? end : next);
      start = next;
    }
    this.#bodyLength = this.#contentLength();
    return { bytes: end + 2 };
  }

  #plainHead(rest: Buffer): string | undefined {
    const end = rest.indexOf(EMPTY_LINE);
    if (end < 0 || end > this.#limits.lineBytes || !isAscii(rest.subarray(0, end))) return undefined;
    const head = rest.toString('latin1', 0, end);
    return head.includes('\0') || head.includes('\r') ? undefined : head;
  }

  #readLine(rest: Buffer): Progress {
    const end = rest.indexOf(LF);
    const piece = end < 0 ? rest : rest.subarray(0, end);
    if (this.#part.length + piece.length > this.#limits.lineBytes) throw this.#exceeds('lineBytes');
    if (piece.includes(0)) throw malformed({ what: 'a NUL', expected: 'a command or a header line' });
    if (end < 0) {
      this.#part.append(piece);
      return { bytes: rest.length };
    }
    let line = piece;
    if (this.#part.length > 0) {
      this.#part.append(piece);
      line = this.#part.take();
    }
    return { bytes: end + 1, result: this.#endLine(textOf(line)) };
  }

  #endLine(line: string): typeof HEART_BEAT | undefined {
    if (this.#command === '') {
      if (line === '') return HEART_BEAT;
      if (!/^[A-Z]+$/.test(line)) throw malformed({ what: quoted(line), expected: 'a command' });
      this.#command = line;
    } else if (line === '') this.#bodyLength = this.#contentLength();
    else this.#addHeader(line, 0, line.length);
    return undefined;
  }

  /** The line is what stands in the text from `start` to `end`. */
  #addHeader(text: string, start: number, end: number): void {
    this.#headerCount += 1;
    if (this.#headerCount > this.#limits.headers) throw this.#exceeds('headers');
    const colon = text.indexOf(':', start);
    if (colon <= start || colon >= end)
      throw malformed({ what: quoted(text.slice(start, end)), expected: 'a header line (name:value)' });
    const read = isEscaped(this.#command) ? unescaped : verbatim;
    const name = read(text.slice(start, colon));
    this.#headers[name] ??= read(text.slice(colon + 1, end));
  }

  #contentLength(): number {
    const text = this.#headers['content-length'];
    if (text === undefined) return Infinity;
    if (!/^\d{1,15}$/.test(text)) throw malformed({ what: `content-length ${quoted(text)}`, expected: 'a number' });
    if (Number(text) > this.#limits.bodyBytes) throw this.#exceeds('bodyBytes');
    return Number(text);
  }

  #readBody(rest: Buffer): Progress {
    const expected = this.#bodyLength ?? Infinity;
    const missing = expected - this.#part.length;
    const end = expected === Infinity ? rest.indexOf(0) : missing;
    const isComplete = end >= 0 && end < rest.length;
    const piece = isComplete ? rest.subarray(0, end) : rest;
    if (this.#part.length + piece.length > this.#limits.bodyBytes) throw this.#exceeds('bodyBytes');
    if (isComplete && rest[end] !== 0)
      throw malformed({ what: 'a body longer than its content-length', expected: 'a NUL' });
    // A copy, in one piece or gathered: a view would keep the whole chunk in memory for as long as the body is wanted.
    if (isComplete && this.#part.length === 0) return { bytes: end + 1, result: this.#endFrame(Buffer.from(piece)) };
    this.#part.append(piece, expected);
    if (!isComplete) return { bytes: rest.length };
    return { bytes: end + 1, result: this.#endFrame(this.#part.take()) };
  }

  #endFrame(body: Buffer): Frame {
    const frame = { command: this.#command, headers: this.#headers, body };
    this.#command = '';
    this.#headers = emptyHeaders();
    this.#headerCount = 0;
    this.#bodyLength = undefined;
    return frame;
  }

  #exceeds(name: keyof FrameLimits): Error {
    return limit({ limit: name, allowed: this.#limits[name] });
  }
}

interface Progress {
  readonly bytes: number;
  readonly result?: Frame | typeof HEART_BEAT | undefined;
}

/** With nothing in its prototype, `__proto__` and `hasOwnProperty` are names like any other. `Object.create(null)` would make a hash table, which takes twice the memory. */
const HeaderMap = function (): void {} as unknown as new () => Record<string, string>;
HeaderMap.prototype = Object.freeze(Object.create(null) as object) as Record<string, string>;

function emptyHeaders(): Record<string, string> {
  return new HeaderMap();
}

/** STOMP 1.2 "Frames": an end of line is LF, or CR LF. */
function textOf(line: Buffer): string {
  const content = line.at(-1) === CR ? line.subarray(0, -1) : line;
  if (!isUtf8(content)) throw malformed({ what: quoted(content.toString('latin1')), expected: 'UTF-8' });
  return content.toString('utf8');
}

const UNESCAPES: Readonly<Record<string, string>> = { '\\r': '\r', '\\n': '\n', '\\c': ':', '\\\\': '\\' };

/** An escape that is not the one for the colon, which stands in every message id. */
const OTHER_ESCAPE = /\\(?!c)/;

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  if (!OTHER_ESCAPE.test(text)) return text.replaceAll('\\c', ':');
  return text.replace(/\\[^]?/gu, (escape) => {
    const character = UNESCAPES[escape];
    if (character === undefined) throw malformed({ what: quoted(escape), expected: 'an escape (\\r, \\n, \\c, \\\\)' });
    return character;
  });
}

function verbatim(text: string): string {
  return text;
}

/** What was found, short enough for a message. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
