import { describe } from 'vitest';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseReprocessing } from './exercise.ts';

describe('a back-fill on the embedded broker', () => {
  exerciseReprocessing(startEmbeddedBroker);
});

requireOrSkip('ActiveMQ', activemqAvailable())('a back-fill on ActiveMQ', () => {
  exerciseReprocessing(startActiveMQ);
});
