import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withLock } from '../../scripts/lock.ts';
import { temporaryFolder } from '../fixtures/temporary-folder.ts';

const module = new URL('../../scripts/lock.ts', import.meta.url).pathname;

it('lets one process work at a time, says when it waits, and is free again when the holder was killed', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'new', 'lock');
  const holder = await processThatHolds(path);
  const steps: string[] = [];
  const killHolder = (): void => {
    steps.push('waits');
    holder.kill('SIGKILL');
  };
  await Promise.all([once(holder, 'close'), withLock(path, killHolder, async () => steps.push('works'))]);
  expect(steps).toEqual(['waits', 'works']);
});

it('is free again when the work failed', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'lock');
  const failing = withLock(
    path,
    () => undefined,
    () => Promise.reject(new Error('no space')),
  );
  await expect(failing).rejects.toThrow('no space');
  await withLock(
    path,
    () => expect.unreachable(),
    async () => undefined,
  );
});

/** A process that has the lock and keeps it. */
async function processThatHolds(path: string): Promise<ChildProcess> {
  const program = `
    import { withLock } from ${JSON.stringify(module)};
    await withLock(${JSON.stringify(path)}, () => {}, async () => {
      process.stdout.write('held');
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
