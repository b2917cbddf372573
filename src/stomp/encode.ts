import { invalid } from './errors.ts';
import { type Frame, type Headers, isEscaped } from './frame.ts';

/** Texts and bytes that follow each other on the wire. */
export type Pieces = readonly (string | Buffer)[];

/**
 * The bytes of a frame. A body as `bytes` goes with its `content-length`; as `text` without, unless it holds a NUL
 * (from the absence of that header ActiveMQ makes a text message, which is what Python clients expect).
 * Throws `stomp.invalid` when a header has no representation in STOMP 1.2.
 */
export function encode({ command, headers, body }: Frame, form: 'bytes' | 'text' = 'bytes'): Buffer {
  const isCounted = body.length > 0 && (form === 'bytes' || body.includes(0));
  return bytesOf([headOf(command, [headers], isCounted ? body.length : undefined), body, '\0']);
}

/** A SEND: `own` are headers of the protocol, which count before those of the message. Throws as `encode` does. */
export function encodeMessage(headers: Headers, own: Headers, body: Buffer | string): Pieces {
  const isCounted = body.length > 0 && (typeof body !== 'string' || body.includes('\0'));
  return [headOf('SEND', [headers, own], isCounted ? Buffer.byteLength(body) : undefined), body, '\0'];
}

/** A frame that has no body. */
export function encodeControl(command: string, headers: Headers): Buffer {
  return Buffer.from(controlText(command, headers));
}

/** The same as a text. */
export function controlText(command: string, headers: Headers): string {
  return `${headOf(command, [headers], undefined)}\0`;
}

/** Written piece by piece: to join long texts first would take twenty times as long. */
export function bytesOf(pieces: Pieces): Buffer {
  const bytes = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0));
  let at = 0;
  for (const piece of pieces) at += typeof piece === 'string' ? bytes.write(piece, at) : piece.copy(bytes, at);
  return bytes;
}

/** All up to and with the empty line. A header stands in it as the last of the sets that have it says. */
function headOf(command: string, sets: readonly Headers[], contentLength: number | undefined): string {
  const write = isEscaped(command) ? escaped : verbatim;
  const last = sets.at(-1) ?? {};
  let head = `${command}\n`;
  for (const headers of sets) {
    for (const name of Object.keys(headers)) {
      if (name === 'content-length' || (headers !== last && Object.hasOwn(last, name))) continue;
      const value = headers[name] ?? '';
      refuse(name === '', name, value, 'a name');
      head += `${write(name, name, value, true)}:${write(value, name, value, false)}\n`;
    }
  }
  return contentLength === undefined ? `${head}\n` : `${head}content-length:${String(contentLength)}\n\n`;
}

/** What stands for itself in any frame. A NUL has no escape, and in a header would end the frame for most peers. */
const PLAIN = /^[^\0\r\n:\\\ud800-\udfff]*$/;
/** Beside colons, which stand in every message id. */
const SPECIAL = /[\0\r\n\\]/;
const ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', ':': '\\c', '\\': '\\\\' };

function escaped(text: string, header: string, value: string): string {
  if (PLAIN.test(text)) return text;
  refuse(!text.isWellFormed(), header, value, 'well-formed Unicode');
  if (!SPECIAL.test(text)) return text.replaceAll(':', '\\c');
  refuse(text.includes('\0'), header, value, 'text without NUL');
  return text.replace(/[\r\n:\\]/g, (character) => ESCAPES[character] ?? character);
}

function verbatim(text: string, header: string, value: string, isName: boolean): string {
  refuse(!text.isWellFormed(), header, value, 'well-formed Unicode');
  refuse(/[\0\r\n]/.test(text), header, value, 'a single line, as this frame has no escapes');
  refuse(isName && text.includes(':'), header, value, 'a name without a colon, as this frame has no escapes');
  return text;
}

function refuse(condition: boolean, header: string, value: string, expected: string): void {
  if (condition)
    throw invalid({ what: `the header ${JSON.stringify(header)} with value ${JSON.stringify(value)}`, expected });
}
