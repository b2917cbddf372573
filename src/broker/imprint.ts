import { Decoder } from '../stomp/decoder.ts';
import { encode } from '../stomp/encode.ts';
import type { Frame, Headers } from '../stomp/frame.ts';

/**
 * A message is stored as the MESSAGE frame that is delivered, encoded once when it is sent. What differs from delivery
 * to delivery (subscription, ack, redelivered) is put between its command and its headers.
 */
export function imprint(own: OwnHeaders, sender: Headers, body: Buffer): Buffer {
  const headers = Object.assign(Object.create(null) as Record<string, string>, own);
  for (const name in sender) if (!NOT_PASSED_ON.has(name) && !(name in headers)) headers[name] = sender[name] ?? '';
  return alone(encode({ command: 'MESSAGE', headers, body }, 'content-length' in sender ? 'bytes' : 'text'));
}

/** The same bytes in memory of their own: what waits must not keep alive the 64 kB that small buffers are cut from. */
function alone(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** The headers of a message that are the broker's to write. */
export interface OwnHeaders {
  /** First, so that it is found without decoding. */
  readonly 'message-id': string;
  readonly destination: string;
  readonly timestamp: string;
  readonly expires: string;
  readonly priority: string;
  readonly [more: string]: string;
}

/** They belong to the transport of one frame, or were the broker's when the message was delivered to its sender. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  'receipt',
  'transaction',
  'content-length',
  'subscription',
  'ack',
  'redelivered',
  'AMQ_SCHEDULED_DELAY',
  'scheduledJobId',
]);

/** The end of a frame without a body. */
const NO_BODY = Buffer.from('\n\n\0');

const COMMAND = 'MESSAGE\n'.length;

/** Headers as the text, byte for byte in latin1, that is written before those of an imprint. */
export function headerText(headers: Headers): string {
  const frame = encode({ command: 'MESSAGE', headers, body: Buffer.alloc(0) });
  return frame.toString('latin1', COMMAND, frame.length - '\n\0'.length);
}

/** What of an imprint follows its command. */
export function afterCommand(frame: Buffer): Buffer {
  return frame.subarray(COMMAND);
}

/** The message-id of an imprint. */
export function messageIdOf(frame: Buffer): string {
  const start = COMMAND + 'message-id:'.length;
  return frame.toString('latin1', start, frame.indexOf(10, start));
}

/** The headers of an imprint, of which only the beginning up to the empty line need be there. */
export function headersOf(frame: Buffer): Headers {
  const blank = frame.indexOf('\n\n');
  const end = blank < 0 ? frame.length : blank;
  // The length of the body that is not there: always the last header, and never one of the sender's.
  const length = frame.lastIndexOf('\ncontent-length:', end);
  return decoded(Buffer.concat([frame.subarray(0, length < 0 ? end : length), NO_BODY])).headers;
}

/** The frame that an imprint is the encoding of. */
export function decoded(frame: Buffer): Frame {
  const [found] = [...new Decoder({ lineBytes: Infinity, headers: Infinity, bodyBytes: Infinity }).push(frame)];
  if (typeof found !== 'object') throw new TypeError('an imprint is one frame');
  return found;
}
