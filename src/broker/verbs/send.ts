import type { Frame } from '../../stomp/frame.ts';
import { parseDestination } from '../destination.ts';
import { draftOf } from '../draft.ts';
import { headerRefused } from '../errors.ts';
import type { Session } from '../session.ts';
import { answerStatistics, statisticsQuestion } from '../statistics.ts';

/** SEND: into the transaction that it names, or else stored and delivered at once. */
export function send(session: Session, frame: Frame): void {
  const { exchange, peer } = session;
  const destination = parseDestination(frame.command, frame.headers['destination']);
  session.permit('write', destination);
  const question = statisticsQuestion(destination);
  if (question) {
    answerStatistics(session, frame, question);
    return;
  }
  if (destination.isPattern) {
    const expected = 'one destination, without wildcards';
    throw headerRefused({ command: frame.command, header: 'destination', value: destination.text, expected });
  }
  const transaction = session.transactionOf(frame);
  const draft = draftOf(session, frame, destination);
  if (transaction) {
    transaction.send(draft);
    return;
  }
  draft.target.admit();
  const isConsumer = !session.deliveries.isEmpty;
  exchange.perform({ writer: peer, isConsumer, sends: [draft], failed: (error) => peer.fail(error, frame) });
}
