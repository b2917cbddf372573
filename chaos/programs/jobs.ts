import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Queue } from 'bullmq';
import type { SentJob } from '../../src/compute/bullmq/queue.ts';

/** ms that jobs, processes and files have to be gone after all is answered. */
const patience = 60_000;

/** What is there, asked for until there is nothing, or it had time enough. */
export async function gone(ask: () => Promise<readonly string[]> | readonly string[]): Promise<readonly string[]> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await ask();
    if (found.length === 0 || performance.now() > deadline) return found;
    await setTimeout(200);
  }
}

/** The jobs that wait or run in Redis. */
export async function jobsIn(url: string, prefix: string): Promise<readonly string[]> {
  const queue = new Queue<SentJob>('programs', { connection: { url }, prefix });
  try {
    const jobs = await queue.getJobs(['active', 'waiting', 'prioritized', 'delayed', 'waiting-children']);
    return await Promise.all(
      jobs.map(
        async (job) => `job ${job.data.job.origin.run} ${job.data.job.command.at(-1) ?? ''} ${await job.getState()}`,
      ),
    );
  } finally {
    await queue.close();
  }
}

/** What jobs, and backends that are dead, have left in such a folder. */
export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
