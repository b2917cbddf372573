import type { Frame } from '../stomp/frame.ts';
import { parseDestination, type Destination } from './destination.ts';
import { headerRefused, unsupported } from './errors.ts';
import { integerHeader } from './headers.ts';
import { imprint } from './imprint.ts';
import type { Draft } from './message.ts';
import type { Session } from './session.ts';

const TIME = { from: 0, to: Number.MAX_SAFE_INTEGER, otherwise: 0 };
const DELAY_MS = { from: 0, to: 100 * 365 * 86_400_000, otherwise: 0 };
const PRIORITY = { from: 0, to: 9, otherwise: 4 };

/** The message that a SEND asks for. All its headers are checked here; nothing happens yet. */
export function draftOf(session: Session, frame: Frame, destination: Destination): Draft {
  const { exchange } = session;
  const { headers, body } = frame;
  refuseSchedules(frame);
  const now = exchange.clock.now();
  const priority = integerHeader(frame, 'priority', PRIORITY);
  const expires = integerHeader(frame, 'expires', TIME);
  const delay = integerHeader(frame, 'AMQ_SCHEDULED_DELAY', DELAY_MS);
  const replyTo = replyToOf(session, frame);
  const target = session.target(destination);
  const id = exchange.nextNumber();
  const own = {
    'message-id': `ID-${exchange.epoch}-${String(id)}`,
    destination: target.shown,
    timestamp: String(now),
    expires: String(expires),
    priority: String(priority),
    ...(replyTo === undefined ? {} : { 'reply-to': replyTo }),
  };
  return {
    id,
    target,
    priority,
    due: delay > 0 ? now + delay : 0,
    expires,
    group: headers['JMSXGroupID'],
    closesGroup: headers['JMSXGroupSeq'] === '-1',
    frame: imprint(own, headers, body),
  };
}

/** A temporary queue of the sender is named so that others can send to it. */
function replyToOf(session: Session, { command, headers }: Frame): string | undefined {
  const text = headers['reply-to'];
  if (text?.startsWith('/temp-queue/') !== true) return text;
  const { name, isPattern } = parseDestination(command, text);
  if (isPattern)
    throw headerRefused({ command, header: 'reply-to', value: text, expected: 'a name without wildcards' });
  return session.temporary(name).address;
}

/** ActiveMQ would send the message several times. */
function refuseSchedules({ command, headers }: Frame): void {
  for (const header of ['AMQ_SCHEDULED_CRON', 'AMQ_SCHEDULED_PERIOD', 'AMQ_SCHEDULED_REPEAT']) {
    if (header in headers) throw unsupported({ command, what: header, expected: 'AMQ_SCHEDULED_DELAY (ms) only' });
  }
}
