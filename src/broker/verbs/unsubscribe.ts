import type { Frame } from '../../stomp/frame.ts';
import { subscriptionUnknown } from '../errors.ts';
import { requiredHeader } from '../headers.ts';
import type { Session } from '../session.ts';

/** UNSUBSCRIBE: what was delivered and not acknowledged is delivered again, to whoever is there. */
export function unsubscribe(session: Session, frame: Frame): void {
  const id = requiredHeader(frame, 'id', 'the id of a subscription');
  const listening = session.listening.get(id);
  if (listening === undefined) throw subscriptionUnknown({ id });
  session.listening.delete(id);
  listening.end();
}
