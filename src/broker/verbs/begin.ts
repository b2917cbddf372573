import type { Frame } from '../../stomp/frame.ts';
import { transactionOpen } from '../errors.ts';
import { requiredHeader } from '../headers.ts';
import type { Session } from '../session.ts';
import { Transaction } from '../transaction.ts';

/** BEGIN: frames that name the transaction wait for its end. */
export function begin(session: Session, frame: Frame): void {
  const transaction = requiredHeader(frame, 'transaction', 'a name for the transaction');
  if (session.transactions.has(transaction)) throw transactionOpen({ transaction });
  const { transactionBytes } = session.exchange.limits;
  session.transactions.set(transaction, new Transaction(transaction, transactionBytes, session.exchange.memory));
}
