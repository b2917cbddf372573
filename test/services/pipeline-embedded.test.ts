import { describe } from 'vitest';
import { exercisePipeline } from '../conformance/pipeline.ts';
import { startEmbeddedBroker } from '../fixtures/embedded-broker.ts';

describe('the pipeline on the embedded broker', () => {
  exercisePipeline(startEmbeddedBroker);
});
