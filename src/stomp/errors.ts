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

/** The frame would be misunderstood or refused; nothing of it, nor of its transaction, was written. */
export const invalid = defineError(
  'stomp.invalid',
  (at: { readonly what: string; readonly expected: string }) =>
    `The message was not sent, because of ${at.what}: expected ${at.expected}`,
  'Correct the message where it is made.',
);

/** The text is not the address of a broker. */
export const badAddress = defineError(
  'stomp.address',
  (at: { readonly address: string; readonly expected: string }) =>
    `${JSON.stringify(at.address)} is not the address of a broker: expected ${at.expected}`,
  'Write it as stomp://login:passcode@host:port/prefix, where all but the host may be left out, or several with commas between; docs/operating.md, "Brokers", has all forms.',
);

/** No connection could be made. */
export const unreachable = defineError(
  'stomp.unreachable',
  (at: { readonly broker: string; readonly reason: string }) => `No connection to ${at.broker}: ${at.reason}`,
  'Start the broker (`baton up` starts one of its own), and check that nothing between blocks the port.',
);

/** TLS with the broker failed: one of the two sides does not accept the other's certificate. */
export const untrusted = defineError(
  'stomp.untrusted',
  (at: { readonly broker: string; readonly reason: string }) => `No TLS with ${at.broker}: ${at.reason}`,
  'Check the files that the address names (ca=, cert=, key=), the name by which it names the broker, and the certificate there.',
);

/** TLS is spoken on one side only. */
export const otherProtocol = defineError(
  'stomp.other-protocol',
  (at: { readonly broker: string; readonly speaks: string; readonly scheme: string }) =>
    `${at.broker} speaks ${at.speaks}: expected the scheme ${at.scheme} in its address`,
  'Correct the scheme, or the port: by custom 61613 is for stomp://, 61612 for stomp+ssl://.',
);

/** More waits to be sent than may wait; nothing of this was written. */
export const full = defineError(
  'stomp.full',
  (at: { readonly messages: number; readonly bytes: number; readonly isConnected: boolean }) =>
    `The message was not taken, as ${String(at.messages)} of ${String(at.bytes)} bytes wait already for ${at.isConnected ? 'the broker to read them' : 'a connection to the broker'}`,
  'Wait for each message to be sent before the next is given, or give it later; see why the broker does not take them.',
);

/** The broker is there, but has answered nothing for so long; whether what was written happened is unknown. */
export const unanswered = defineError(
  'stomp.unanswered',
  (at: { readonly broker: string; readonly requests: number; readonly milliseconds: number }) =>
    `${at.broker} owes ${String(at.requests)} answers and gave none for ${String(at.milliseconds)} ms, so the connection was given up`,
  'See what keeps the broker: a full disk, or a limit on its memory or store (ActiveMQ stops reading from who sends).',
);

/** The broker answered the login with an ERROR. */
export const loginRefused = defineError(
  'stomp.login',
  (at: { readonly broker: string; readonly reason: string }) => `${at.broker} refused the login: ${at.reason}`,
  'Check login and passcode in the address, and the users in the configuration of the broker.',
);

/** The connection ended without being asked to. */
export const lost = defineError(
  'stomp.lost',
  (at: { readonly broker: string; readonly reason: string }) => `The connection to ${at.broker} was lost: ${at.reason}`,
  'Nothing, if it comes back: the client reconnects. If not, look into the log of the broker.',
);

/** Nothing came from the broker for longer than agreed. STOMP 1.2 "Heart-beating". */
export const silence = defineError(
  'stomp.silence',
  (at: { readonly broker: string; readonly milliseconds: number }) =>
    `${at.broker} was silent for more than ${String(at.milliseconds)} ms, so the connection was given up`,
  'Check the network, and whether the host of the broker is overloaded.',
);

/** The delivery can no longer be settled: nothing was written, and the broker delivers the message again. */
export const stale = defineError(
  'stomp.stale',
  (at: { readonly messageId: string; readonly reason: string }) =>
    `Message ${at.messageId} cannot be settled any more: ${at.reason}`,
  'Wait for the message to be delivered again, and settle that delivery.',
);

/** The broker refused it with an ERROR: nothing of it happened. */
export const refused = defineError(
  'stomp.refused',
  (at: { readonly what: string; readonly reason: string }) => `The broker refused ${at.what}: ${at.reason}`,
  'Read the reason; when it is about rights, correct the configuration of the broker.',
);

/** The broker cannot store anything now, which is not the doing of what it refused: nothing of it happened. */
export const noRoom = defineError(
  'stomp.no-room',
  (at: { readonly what: string; readonly reason: string }) => `The broker has no room for ${at.what}: ${at.reason}`,
  'Make room on the disk of the broker. What was acknowledged with it comes again and is settled then; send the rest again.',
);

/** The connection ended before the receipt: it may have happened or not. */
export const unknown = defineError(
  'stomp.unknown',
  (at: { readonly what: string; readonly reason: string }) =>
    `Whether ${at.what} happened is unknown, as no receipt came: ${at.reason}`,
  'When the same message id is delivered again it did not happen: settle that delivery in the same way.',
);

/** The client was stopped, or never got in; nothing was written. */
export const stopped = defineError(
  'stomp.stopped',
  (at: { readonly name: string }) => `The connection ${JSON.stringify(at.name)} was stopped`,
  'Make a new client: a stopped one does not start again.',
);
