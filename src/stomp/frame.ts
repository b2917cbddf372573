/** Header names and values. STOMP 1.2 "Repeated Header Entries": the first of a repeated header counts. Has no prototype. */
export type Headers = Readonly<Record<string, string>>;

/** One STOMP frame. The body is bytes; `content-length` is derived on writing. */
export interface Frame {
  readonly command: string;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** What a decoder accepts before it refuses the connection, in bytes (lines and bodies) and entries (headers). */
export interface FrameLimits {
  readonly lineBytes: number;
  readonly headers: number;
  readonly bodyBytes: number;
}

/** Generous: a peer that exceeds these is broken or hostile. Memory per connection stays below twice their sum. */
export const defaultLimits: FrameLimits = { lineBytes: 64 * 1024, headers: 512, bodyBytes: 100 * 1024 * 1024 };

/** STOMP 1.2 "Value Encoding": these two are not escaped, so that peers of STOMP 1.0 can read them. */
export function isEscaped(command: string): boolean {
  return command !== 'CONNECT' && command !== 'CONNECTED';
}
