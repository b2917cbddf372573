import { describe } from 'vitest';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseDeadLetters } from './exercise.ts';

describe('dead letters on the embedded broker', () => exerciseDeadLetters(startEmbeddedBroker));

requireOrSkip('ActiveMQ', activemqAvailable())('dead letters on ActiveMQ', () => exerciseDeadLetters(startActiveMQ));
