import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';
import { settle } from './settle.ts';

/** NACK: the message goes to the dead-letter queue, as on ActiveMQ. */
export function nack(session: Session, frame: Frame): void {
  settle(session, frame, 'nacks');
}
