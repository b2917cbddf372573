import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

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

/** What jobs, and backends that are dead, have left in such a folder. */
export function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
