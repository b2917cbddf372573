import { done, result } from '../src/services/outcome.ts';
import { defineService } from '../src/services/service.ts';

/** Answers when its handler started, in milliseconds since 1970 with fractions. */
export const clock = defineService({
  name: 'clock',
  description: 'Tells the time',
  queue: 'bench.clock',
  parameters: { type: 'object' },
  process: () => done(result({ started: performance.timeOrigin + performance.now() })),
});
