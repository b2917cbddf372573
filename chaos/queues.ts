import { setTimeout } from 'node:timers/promises';
import { askMonitor } from '../src/cli/ask-monitor.ts';
import type { QueueView } from '../src/monitor/api.ts';

/** Time for the queues to be empty, in ms; the status page has thrice as long to tell of them. */
const settling = 30_000;

/** The broker's queues once they are empty, or when they do not become so. Read from the status page, as operators do. */
export async function emptied(page: string): Promise<readonly QueueView[]> {
  const deadline = Date.now() + settling;
  let quiet = 0;
  for (;;) {
    const queues = await askMonitor<readonly QueueView[]>(page, '/api/queues').catch(() => []);
    const isEmpty =
      queues.length > 0 &&
      queues.every(({ name, waiting, inFlight }) => name.startsWith('DLQ.') || waiting + inFlight === 0);
    quiet = isEmpty ? quiet + 1 : 0;
    if (quiet >= 3 || (queues.length > 0 && Date.now() > deadline)) return queues;
    if (Date.now() > 2 * settling + deadline) throw new Error('The status page tells of no queues.');
    await setTimeout(1_000);
  }
}
