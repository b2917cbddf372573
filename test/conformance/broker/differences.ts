/** Where the brokers differ by design: what each does, and why the embedded one does not follow ActiveMQ. */
export interface Difference<Outcome> {
  readonly outcome: { readonly embedded: Outcome; readonly activemq: Outcome };
  readonly reason: string;
}

const difference = <Outcome>(embedded: NoInfer<Outcome>, activemq: Outcome, reason: string): Difference<Outcome> => ({
  outcome: { embedded, activemq },
  reason,
});

/** The complete list. The suite tests both sides of each. */
export const differences = {
  afterError: difference<'closed' | 'open'>(
    'closed',
    'open',
    'STOMP 1.2, "ERROR": the server MUST then close the connection. A client that goes on after an error it did not expect does harm.',
  ),
  malformedNumber: difference<'ERROR' | 'silence'>(
    'ERROR',
    'silence',
    'ActiveMQ closes the connection without a word; a sender has to learn which header was wrong.',
  ),
  prefetchZero: difference<'refused' | 'accepted'>(
    'refused',
    'accepted',
    'Over STOMP, which cannot pull, ActiveMQ then never delivers anything.',
  ),
  unknownDestination: difference<'refused' | 'accepted'>(
    'refused',
    'accepted',
    'ActiveMQ takes a destination of no kind for some queue, and the message is never seen again.',
  ),
  unknownEscape: difference<'refused' | 'accepted'>(
    'refused',
    'accepted',
    'STOMP 1.2, "Value Encoding": an undefined escape MUST be treated as a fatal protocol error.',
  ),
  sameSubscriptionId: difference<'refused' | 'accepted'>(
    'refused',
    'accepted',
    'STOMP 1.2, "SUBSCRIBE id Header": different subscriptions MUST use different ids, or nobody can tell whose a MESSAGE is.',
  ),
  advisories: difference<boolean>(
    false,
    true,
    'Nothing that speaks STOMP with Baton listens to them: Zocalo asks JMX, Baton the statistics, which count consumers.',
  ),
  delayedAgain: difference<readonly string[]>(
    ['at once', 'again'],
    ['again', 'at once'],
    'ActiveMQ marks what it has delayed with scheduledJobId, and ignores the next delay of a message that is sent on with it.',
  ),
  nackOfClient: difference<readonly string[]>(
    ['1', '2', '3'],
    ['3'],
    'STOMP 1.2, "NACK": with ack mode client it applies to all messages before it, as ACK does.',
  ),
  nackOfDeadLetter: difference<'dead-letter queue' | 'lost'>(
    'dead-letter queue',
    'lost',
    'ActiveMQ drops a message of a dead-letter queue that is refused. Nothing vanishes here: it goes to DLQ.DLQ.NAME.',
  ),
  nackInTransaction: difference<'taken' | 'refused'>(
    'taken',
    'refused',
    'ActiveMQ: "Poison ack cannot be transacted". STOMP 1.2, "NACK", has a transaction header.',
  ),
  browsed: difference<number>(
    450,
    400,
    'ActiveMQ stops at maxBrowsePageSize. A browse that shows some of the messages as if they were all misleads.',
  ),
  groupHeader: difference<string | undefined>(
    'beam',
    undefined,
    'ActiveMQ withholds JMSXGroupID from the receiver, who then cannot pass it on.',
  ),
  ownTimestamp: difference<boolean>(
    true,
    false,
    'ActiveMQ passes a timestamp header of the sender off as its own: a message sent again looks as old as the first.',
  ),
  delayAfterCrash: difference<'kept' | 'may be lost'>(
    'kept',
    'may be lost',
    'ActiveMQ schedules a delayed message only after the COMMIT or RECEIPT; a crash in between loses it.',
  ),
  notBeforeComparison: difference<boolean>(
    true,
    false,
    "SQL-92: NOT colour = 'blue' denies the comparison. ActiveMQ denies the text colour, and then never delivers.",
  ),
  fractionBesideInteger: difference<boolean>(
    true,
    false,
    "ActiveMQ reads a header as the kind of number that it is compared with, so '1.5' is not greater than 1.",
  ),
  integerOverflow: difference<boolean>(
    true,
    false,
    'ActiveMQ counts as Java does, where 2147483647 + 1 is negative. Numbers here are exact up to 2^53.',
  ),
  waitingBeforeWildcard: difference<readonly string[]>(
    ['waiting', 'new'],
    ['new'],
    'ActiveMQ delivers to a wildcard consumer only what comes after it. Whoever drains DLQ.> wants what lies there.',
  ),
  oldestVersion: difference<'1.0' | '1.1'>(
    '1.1',
    '1.0',
    'STOMP 1.0 cannot name a delivery nor write every header; no client in use needs it.',
  ),
} as const;
