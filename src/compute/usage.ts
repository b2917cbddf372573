import { readFileSync, readdirSync } from 'node:fs';

/** What a job uses now. */
export interface Usage {
  readonly processes: number;
  /** Bytes: pages that several of its processes share count for each. */
  readonly memory: number;
}

/** Looks at a process and all below it. What is gone when nobody looks is not seen. */
export class UsageMeter {
  readonly #pid: number;
  cpuSeconds: number | undefined;
  /** Bytes. */
  peakMemory: number | undefined;

  constructor(pid: number) {
    this.#pid = pid;
  }

  look(): Usage {
    const pids = treeOf(this.#pid);
    const seen = pids.map(usageOf).filter((usage) => usage !== undefined);
    const memory = sum(seen.map(({ rss }) => rss));
    if (seen.length > 0) {
      // A parent has the time of the children that it has noticed the end of.
      this.cpuSeconds = Math.max(this.cpuSeconds ?? 0, sum(seen.map(({ ticks }) => ticks)) / ticksPerSecond);
      this.peakMemory = Math.max(this.peakMemory ?? 0, memory, ...seen.map(({ highest }) => highest));
    }
    return { processes: seen.length, memory };
  }

  /** Bytes, with what processes share counted once: exact, and dear to find out. */
  sharedOut(): number {
    return sum(treeOf(this.#pid).map((pid) => kilobytes(textOf(`/proc/${pid}/smaps_rollup`), 'Pss')));
  }
}

/** USER_HZ, which is the same on all that Node runs on. */
const ticksPerSecond = 100;

interface ProcessUsage {
  readonly ticks: number;
  readonly rss: number;
  readonly highest: number;
}

function usageOf(pid: number): ProcessUsage | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  const status = textOf(`/proc/${pid}/status`);
  if (stat === '' || status === '') return undefined;
  // proc_pid_stat(5): utime, stime, cutime and cstime are fields 14 to 17; the name in brackets may hold anything.
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15);
  return { ticks: sum(ticks.map(Number)), rss: kilobytes(status, 'VmRSS'), highest: kilobytes(status, 'VmHWM') };
}

function treeOf(pid: number): number[] {
  const all = [pid];
  // Grows while it is walked.
  for (const parent of all) all.push(...childrenOf(parent));
  return all;
}

function childrenOf(pid: number): number[] {
  return namesIn(`/proc/${pid}/task`).flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function kilobytes(text: string, name: string): number {
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Empty for what is gone. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function namesIn(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
