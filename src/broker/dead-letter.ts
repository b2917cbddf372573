import { decoded, imprint } from './imprint.ts';
import { RANK, type Draft, type Message, type Target } from './message.ts';

/** Name of the queue for what queue NAME could not deliver. */
export function deadLetterName(name: string): string {
  return `DLQ.${name}`;
}

/** The same message for the dead-letter queue: headers and message-id kept, never expiring, and where it came from added. */
export function deadLetter(message: Message, frame: Buffer, target: Target, id: number, cause?: string): Draft {
  const { headers, body } = decoded(frame);
  const { place, group, closesGroup } = message;
  const own = {
    'message-id': headers['message-id'] ?? '',
    destination: target.address,
    timestamp: headers['timestamp'] ?? '0',
    expires: '0',
    priority: headers['priority'] ?? '4',
    'original-destination': headers['destination'] ?? '',
    originalExpiration: String(message.expires),
    ...(cause === undefined ? {} : { dlqDeliveryFailureCause: cause }),
  };
  const priority = 9 - Math.floor(place / RANK);
  return { id, target, priority, due: 0, expires: 0, group, closesGroup, frame: imprint(own, headers, body) };
}
