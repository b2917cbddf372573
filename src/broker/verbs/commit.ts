import type { Frame } from '../../stomp/frame.ts';
import { memoryFull } from '../errors.ts';
import type { Session } from '../session.ts';

/** COMMIT: all that the transaction holds is written at once, or, when one message cannot arrive, none of it. */
export function commit(session: Session, frame: Frame): void {
  const { exchange, peer } = session;
  const transaction = session.endingTransaction(frame);
  const { sends, acks, nacks } = transaction;
  try {
    for (const { target } of sends) target.admit();
  } catch (error) {
    // It comes again when there is room.
    if (memoryFull.is(error)) throw error;
    session.endTransaction(transaction);
    session.abort(transaction);
    throw error;
  }
  session.endTransaction(transaction);
  session.deliveries.remove([...acks, ...nacks]);
  const isConsumer = !session.deliveries.isEmpty;
  exchange.perform({ writer: peer, isConsumer, sends, acks, nacks, failed: (error) => peer.fail(error, frame) });
}
