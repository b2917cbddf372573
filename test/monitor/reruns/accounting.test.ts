import { describe } from 'vitest';
import { exerciseReruns } from '../../conformance/rerun-parts.ts';
import { activemqAvailable, startActiveMQ } from '../../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../../fixtures/require-or-skip.ts';

describe('parts of runs that are repeated, on the embedded broker', () => {
  exerciseReruns(startEmbeddedBroker);
});

requireOrSkip('ActiveMQ', activemqAvailable())('parts of runs that are repeated, on ActiveMQ', () => {
  exerciseReruns(startActiveMQ);
});
