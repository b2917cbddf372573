import type { QueueStatistics } from '../src/services/statistics.ts';
import type { Client } from '../src/stomp/client.ts';

/** A message in a dead-letter queue. */
export interface DeadLetter {
  readonly queue: string;
  readonly run: string;
  readonly step: number;
  readonly code: string;
}

/** All dead letters, read where they stay. */
export async function deadLetters(client: Client, queues: readonly QueueStatistics[]): Promise<readonly DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for (const { name, size } of queues) {
    if (!isDeadLetterQueue(name) || size === 0) continue;
    for await (const { headers } of client.browse(client.queue(name)))
      letters.push({
        queue: name,
        run: headers['baton-run'] ?? headers['correlation-id'] ?? '?',
        step: Number(headers['baton-error-step'] ?? -1),
        code: headers['baton-error-code'] ?? '?',
      });
  }
  return letters;
}

export function isDeadLetterQueue(name: string): boolean {
  return name.startsWith('DLQ.') || name === 'ActiveMQ.DLQ';
}
