import { defineError } from '../core/errors.ts';

/** The peer's bytes are no STOMP 1.2 frame; the connection cannot go on. */
export const malformed = defineError(
  'stomp.malformed',
  (at: { readonly what: string; readonly expected: string }) =>
    `The bytes received are not STOMP 1.2: ${at.what}, where ${at.expected} was expected`,
  'Check that the address is that of a STOMP port (61613 by default), not of another protocol or of TLS.',
);

/** The peer sent something larger than this side accepts; `limit` names the entry of FrameLimits. */
export const limit = defineError(
  'stomp.limit',
  (at: { readonly limit: 'lineBytes' | 'headers' | 'bodyBytes'; readonly allowed: number }) =>
    `A STOMP frame received exceeds the limit ${at.limit}, which is ${String(at.allowed)}`,
  'Send smaller frames (large data as files, their names as messages), or raise the limit of that name.',
);

/** The frame cannot be written; nothing was. */
export const invalid = defineError(
  'stomp.invalid',
  (at: { readonly header: string; readonly value: string; readonly expected: string }) =>
    `The header ${JSON.stringify(at.header)} with value ${JSON.stringify(at.value)} was not sent: expected ${at.expected}`,
  'Correct the header where the message is made.',
);
