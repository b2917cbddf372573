import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';

/** COMMIT: all that the transaction holds is written at once, or, when one message cannot arrive, none of it. */
export function commit(session: Session, frame: Frame): void {
  const { exchange } = session;
  const transaction = session.takeTransaction(frame);
  const { sends, acks, nacks } = transaction;
  try {
    for (const { target } of sends) target.admit();
  } catch (error) {
    session.abort(transaction);
    throw error;
  }
  session.deliveries.remove([...acks, ...nacks]);
  exchange.perform({ sends, acks, nacks, failed: (error) => session.peer.fail(error, frame) });
}
