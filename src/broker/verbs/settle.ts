import type { Frame } from '../../stomp/frame.ts';
import type { Session } from '../session.ts';

/** What ACK and NACK have in common: the deliveries they name are settled now, or with their transaction. */
export function settle(session: Session, frame: Frame, kind: 'acks' | 'nacks'): void {
  const transaction = session.transactionOf(frame);
  const deliveries = session.deliveries.named(frame.command, frame.headers);
  for (const { subscription } of deliveries) subscription.named(1);
  if (transaction) {
    transaction.settle(kind, deliveries);
    return;
  }
  session.deliveries.remove(deliveries);
  const { exchange, peer } = session;
  exchange.perform({ writer: peer, [kind]: deliveries, failed: (error) => peer.fail(error, frame) });
}
