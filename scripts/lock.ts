import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Does the work while no other process does work under the same path. A holder that died without letting go is overlooked. */
export async function withLock<Result>(path: string, onWait: () => void, work: () => Promise<Result>): Promise<Result> {
  await mkdir(dirname(path), { recursive: true });
  for (let waited = false; !(await take(path)); waited = true) {
    if (!waited) onWait();
    await sleep(200);
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    const holder = Number(await readFile(path, 'utf8').catch(() => '0'));
    if (holder > 0 && !existsSync(`/proc/${String(holder)}`)) await rm(path, { force: true });
    return false;
  }
}
