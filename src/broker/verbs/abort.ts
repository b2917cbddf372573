import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';

/** ABORT: nothing of the transaction happens. Messages that it acknowledged stay in flight on this connection. */
export function abort(session: Session, frame: Frame): void {
  session.abort(session.takeTransaction(frame));
}
