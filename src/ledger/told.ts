import type { Envelope } from '../recipes/message.ts';
import type { NextMessage } from '../recipes/route.ts';
import type { Destinations } from '../services/names.ts';
import type { ProgressRecord, ToldMessage } from '../services/record.ts';
import { stepMessages } from '../services/sending.ts';
import type { Outgoing } from '../stomp/client.ts';

/** The frames of messages that a step told while it worked. */
export function toldFrames(
  { envelope }: Pick<ProgressRecord, 'envelope'>,
  messages: readonly ToldMessage[],
  destinations: Destinations,
  now: number,
): readonly Outgoing[] {
  // As its sender routed it; only its size was checked on the way.
  const frame = envelope as unknown as Omit<Envelope, 'payload' | 'pointer'>;
  const next = messages.map(({ payload, ...message }, index): NextMessage => ({
    ...message,
    ...{ link: 'output', index, payload: JSON.stringify(payload) },
    envelope: { ...frame, payload, pointer: message.step },
  }));
  return stepMessages(next, { destinations, now });
}
