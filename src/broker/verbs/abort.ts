import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';

/** ABORT: nothing of the transaction happens. Messages that it acknowledged stay in flight on this connection. */
export function abort(session: Session, frame: Frame): void {
  const transaction = session.endingTransaction(frame);
  session.endTransaction(transaction);
  session.abort(transaction);
}
