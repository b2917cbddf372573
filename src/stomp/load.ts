import type { Outgoing } from './message.ts';

/** Messages that wait to be sent, and their bodies and headers in bytes. */
export interface Load {
  readonly messages: number;
  readonly bytes: number;
}

/** What may wait where nothing else is said: hours of what is sent now and then, and no danger to a heap. */
export const defaultWaiting: Load = { messages: 10_000, bytes: 64 * 1024 * 1024 };

/** What these messages weigh while they wait. */
export function loadOf(messages: readonly Outgoing[]): Load {
  return { messages: messages.length, bytes: messages.reduce((sum, message) => sum + bytesOf(message), 0) };
}

function bytesOf({ destination, headers = {}, body }: Outgoing): number {
  const head = Object.entries(headers).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  return destination.length + head + Buffer.byteLength(body);
}
