import { exercisePipeline } from '../conformance/pipeline.ts';
import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';

requireOrSkip('ActiveMQ', activemqAvailable())('the pipeline on ActiveMQ', () => {
  exercisePipeline(startActiveMQ);
});
