import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Supervisor } from '../src/services/supervisor.ts';

/** What services cost that have nothing to do: resident memory of their process, and percent of one core. */
export interface IdleServices {
  readonly services: number;
  readonly megabytes: number;
  readonly corePercent: number;
}

/** Clock ticks of /proc per second: USER_HZ, 100 on Linux. */
const ticksPerSecond = 100;

/** Starts that many services in one process and looks at it for so many seconds. */
export async function idleServices(address: string, services: number, seconds: number): Promise<IdleServices> {
  const folder = await mkdtemp(join(tmpdir(), 'baton-bench-'));
  const begin = { address, folder, services, connections: 1, concurrency: 1 };
  const entry = new URL('./pass-part.ts', import.meta.url);
  try {
    await using supervisor = new Supervisor({ entry, parts: [{ name: 'idle', begin }] });
    await supervisor.start();
    const pid = supervisor.running()[0]?.pid ?? 0;
    await rest(3);
    const before = await cpuTicks(pid);
    await rest(seconds);
    const used = (await cpuTicks(pid)) - before;
    const corePercent = Number(((used / ticksPerSecond / seconds) * 100).toFixed(1));
    return { services, megabytes: await residentMegabytes(pid), corePercent };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function rest(seconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** User and system time: fields 14 and 15 of /proc/PID/stat, the 12th and 13th after the name. */
async function cpuTicks(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}
