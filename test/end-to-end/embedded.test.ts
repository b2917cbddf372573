import { describe } from 'vitest';
import { exerciseMainJob } from './main-job.ts';

describe('the main job on the embedded broker', () => {
  exerciseMainJob(async () => Promise.resolve(undefined));
});
