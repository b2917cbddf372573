import type { QueueView, StepView } from '../../../src/monitor/api.ts';

/**
 * Of the messages that wait at each step, how many may be worked on: a record tells of a message when it has been settled,
 * and only the broker knows before how many of a queue it has given out, those of all runs together.
 */
export function underWayIn(steps: readonly StepView[], queues: readonly QueueView[]): ReadonlyMap<number, number> {
  const inFlight = new Map(queues.map((queue) => [queue.name, queue.inFlight]));
  return new Map(
    steps.map(({ step, queue, waiting }) => [step, Math.max(0, Math.min(waiting, inFlight.get(queue ?? '') ?? 0))]),
  );
}
