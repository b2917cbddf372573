import type { Delivery, Outgoing } from '../stomp/client.ts';
import { deadLetterQueue } from './names.ts';
import { causeOf } from './outcome.ts';
import { bodyOf } from './received.ts';
import { errorHeaders } from './route.ts';

/** A dead letter with none of its message's headers: for a message whose headers, or what its body says of its run, cannot be sent. */
export function bareLetter(delivery: Delivery, error: unknown): Outgoing {
  const { destination } = delivery;
  const headers = { ...errorHeaders(causeOf(error, 'refused')), 'original-destination': destination };
  return { destination: deadLetterQueue(destination), headers, body: bodyOf(delivery) };
}
