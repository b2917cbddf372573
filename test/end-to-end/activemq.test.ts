import { activemqAvailable, startActiveMQ } from '../fixtures/activemq.ts';
import { requireOrSkip } from '../fixtures/require-or-skip.ts';
import { exerciseMainJob } from './main-job.ts';

requireOrSkip('ActiveMQ', activemqAvailable())('the main job on ActiveMQ', () => {
  exerciseMainJob(startActiveMQ);
});
