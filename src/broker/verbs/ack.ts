import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';
import { settle } from './settle.ts';

/** ACK: the message is done with. */
export function ack(session: Session, frame: Frame): void {
  settle(session, frame, 'acks');
}
