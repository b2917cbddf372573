import { describe } from 'vitest';
import { exerciseDispatcher } from '../conformance/dispatcher.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

describe('the dispatcher on the embedded broker', () => {
  exerciseDispatcher(startEmbeddedBroker);
});

requireOrSkip('ActiveMQ', activemqAvailable())('the dispatcher on ActiveMQ', () => {
  exerciseDispatcher(startActiveMQ);
});
