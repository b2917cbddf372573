import { afterAll, beforeAll, describe } from 'vitest';
import { Peer } from '../broker/peer.ts';
import { uniqueNamespace } from '../fixtures/namespace.ts';
import { exerciseAcknowledgement } from './broker/acknowledgement.ts';
import { exerciseAdvisories } from './broker/advisories.ts';
import { exerciseBrowsing } from './broker/browsing.ts';
import { exerciseConnecting } from './broker/connecting.ts';
import type { Difference } from './broker/differences.ts';
import { exerciseDurability } from './broker/durability.ts';
import { exerciseFraming } from './broker/framing.ts';
import { exerciseGroups } from './broker/groups.ts';
import { exerciseQueues } from './broker/queues.ts';
import { exerciseRedelivery } from './broker/redelivery.ts';
import { exerciseRefusals } from './broker/refusals.ts';
import { exerciseReplies } from './broker/replies.ts';
import { exerciseSending } from './broker/sending.ts';
import { exerciseSelectors } from './broker/selectors.ts';
import { exerciseStatistics } from './broker/statistics.ts';
import { exerciseSubscribing } from './broker/subscribing.ts';
import { exerciseTime } from './broker/time.ts';
import { exerciseTopics } from './broker/topics.ts';
import { exerciseTransactions } from './broker/transactions.ts';
import { exerciseWildcards } from './broker/wildcards.ts';

/** A broker in a process of its own, as the fixtures start it. */
export interface BrokerUnderTest extends AsyncDisposable {
  readonly port: number;
  kill(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  restart(): Promise<void>;
}

/** What the parts of the suite work with. */
export interface Exercise {
  readonly broker: () => BrokerUnderTest;
  /** A connected client. */
  readonly connect: (headers?: Record<string, string>) => Promise<Peer>;
  /** The destination of a queue that no other test uses. */
  readonly queue: () => string;
  readonly topic: () => string;
  /** What this broker is expected to do where brokers differ by design. */
  readonly on: <Outcome>(difference: Difference<Outcome>) => Outcome;
}

/**
 * What Baton relies on in a broker, over raw STOMP frames. To be run on every broker that Baton claims to work with;
 * where they differ by design, `differences` says how and why.
 */
export function exerciseBroker(
  name: keyof Difference<unknown>['outcome'],
  start: () => Promise<BrokerUnderTest>,
): void {
  describe(`a broker: ${name}`, () => {
    let broker: BrokerUnderTest;
    beforeAll(async () => {
      broker = await start();
    });
    afterAll(() => broker[Symbol.asyncDispose]());
    const namespace = uniqueNamespace();
    let count = 0;
    const exercise: Exercise = {
      broker: () => broker,
      connect: (headers) => Peer.connect(broker.port, headers),
      queue: () => `/queue/${namespace}.${String((count += 1))}`,
      topic: () => `/topic/${namespace}.${String((count += 1))}`,
      on: (difference) => difference.outcome[name],
    };
    for (const part of parts) part(exercise);
  });
}

const parts: readonly ((exercise: Exercise) => void)[] = [
  exerciseConnecting,
  exerciseFraming,
  exerciseSending,
  exerciseSubscribing,
  exerciseQueues,
  exerciseAcknowledgement,
  exerciseRedelivery,
  exerciseTransactions,
  exerciseGroups,
  exerciseSelectors,
  exerciseWildcards,
  exerciseTopics,
  exerciseReplies,
  exerciseTime,
  exerciseBrowsing,
  exerciseStatistics,
  exerciseAdvisories,
  exerciseRefusals,
  exerciseDurability,
];
