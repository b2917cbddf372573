import { setTimeout } from 'node:timers/promises';
import { askQueues } from '../src/services/ask-queues.ts';
import type { QueueStatistics } from '../src/services/statistics.ts';
import type { Client } from '../src/stomp/client.ts';
import { isDeadLetterQueue } from './dead-letters.ts';

/** Time for the queues to be empty, in ms; the broker has twice as long to tell of them. */
const settling = 30_000;
/** So often in a row, a second apart, they are to be found empty: what is on its way between two queues is in none. */
const quietRounds = 3;

/** The broker's queues, asked for until none but those of the dead holds anything, or until they had time enough. */
export async function emptied(client: Client): Promise<readonly QueueStatistics[]> {
  const deadline = performance.now() + settling;
  for (let quiet = 0; ;) {
    const queues = await askQueues(client, ['>']).catch(() => []);
    const isEmpty = queues.length > 0 && queues.every(({ name, size }) => isDeadLetterQueue(name) || size === 0);
    quiet = isEmpty ? quiet + 1 : 0;
    if (quiet >= quietRounds || (queues.length > 0 && performance.now() > deadline)) return queues;
    if (performance.now() > deadline + settling) throw new Error('The broker tells of no queues.');
    await setTimeout(1_000);
  }
}
