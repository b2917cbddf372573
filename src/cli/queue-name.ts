import { destinationProblem } from '../recipes/destination.ts';
import { usage } from './errors.ts';

/**
 * The queue that is named on a command line: its name without the namespace, or, with `/queue/` in front, as the broker
 * knows it. Throws `cli.usage` for what is no name of one queue.
 */
export function queueName(text: string): string {
  const name = text.replace(/^\/queue\//, '');
  if (name.includes('/'))
    throw usage({ problem: `Queue: expected a name without a slash, or /queue/NAME, got ${text}` });
  // Baton's own and those of dead letters may be looked at and moved.
  const problem = destinationProblem(name.replace(/^(?:DLQ\.|baton\.|ActiveMQ\.)+/, '') || ' ');
  if (problem !== undefined)
    throw usage({ problem: `Queue: ${problem.replace(/, got .*$/, '')}, got ${JSON.stringify(text)}` });
  return text;
}
