import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from './brand.ts';
import type { Reap, Reaped } from './reaper.ts';

/**
 * The process of a `Reaper`: kills what jobs leave behind, and everything of its backend when the process that started
 * it is gone, however that ended. Then it has nothing more to do, and ends.
 */
// Told when it is started, and not by a message: whoever starts it may be dead before it could send one.
// eslint-disable-next-line no-restricted-properties
const watched = Number(process.argv[2]);

process.on('message', (message: Reap) => void kill(message).then((left) => tell({ ...message, left })));
process.on('disconnect', () => void kill({ of: watched }));
// It may have gone before anybody listened here.
if (!process.connected) void kill({ of: watched });
// systemd asks every process of a unit to end; this one ends last.
process.on('SIGTERM', () => undefined);

function tell(reaped: Reaped): void {
  if (process.connected) process.send?.(reaped, () => undefined);
}

/** For so long (ms) processes are killed that do not go. */
const patience = 1_500;

/** Kills until none is left; returns those that the kernel does not let go. */
async function kill({ of, job, after }: Reap): Promise<readonly number[]> {
  const until = performance.now() + patience;
  for (;;) {
    const found = processesOf(of, job, after);
    if (found.length === 0 || performance.now() > until) return found;
    for (const pid of found) end(pid);
    await sleep(1);
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone by itself.
  }
}
