import { describe } from 'vitest';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseKills } from './kills.ts';

describe('a back-fill whose process is killed, on the embedded broker', () => {
  exerciseKills(startEmbeddedBroker);
});

requireOrSkip('ActiveMQ', activemqAvailable())('a back-fill whose process is killed, on ActiveMQ', () => {
  exerciseKills(startActiveMQ);
});
