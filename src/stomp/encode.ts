import { invalid } from './errors.ts';
import { type Frame, type Headers, isEscaped } from './frame.ts';

/**
 * The bytes of a frame. A body as `bytes` goes with its `content-length`; as `text` without, unless it holds a NUL
 * (from the absence of that header ActiveMQ makes a text message, which is what Python clients expect).
 * Throws `stomp.invalid` when a header has no representation in STOMP 1.2.
 */
export function encode(frame: Frame, form: 'bytes' | 'text' = 'bytes'): Buffer {
  const { command, headers, body } = frame;
  const write = isEscaped(command) ? escaped : verbatim;
  let head = `${command}\n`;
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'content-length') continue;
    refuse(name === '', name, value, 'a name');
    head += `${write(name, name, value, true)}:${write(value, name, value, false)}\n`;
  }
  if (body.length > 0 && (form === 'bytes' || body.includes(0))) head += `content-length:${String(body.length)}\n`;
  head += '\n';
  const headBytes = Buffer.byteLength(head);
  const bytes = Buffer.allocUnsafe(headBytes + body.length + 1);
  bytes.write(head);
  bytes.set(body, headBytes);
  bytes[bytes.length - 1] = 0;
  return bytes;
}

/** The bytes of a frame that has no body. */
export function encodeControl(command: string, headers: Headers): Buffer {
  return encode({ command, headers, body: NO_BODY });
}

const NO_BODY = Buffer.alloc(0);

/** A NUL has no escape, and in a header would end the frame for most peers. */
const SPECIAL = /[\0\r\n:\\]/;
const ESCAPES: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', ':': '\\c', '\\': '\\\\' };

function escaped(text: string, header: string, value: string): string {
  refuse(!text.isWellFormed(), header, value, 'well-formed Unicode');
  if (!SPECIAL.test(text)) return text;
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
