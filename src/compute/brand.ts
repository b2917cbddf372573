import { readdirSync, readFileSync } from 'node:fs';

/**
 * The mark of a job's processes: their limit of processor time under real-time scheduling (RLIMIT_RTTIME, in
 * microseconds), which programs have no use for. Unlike process group, session, parent and environment it is passed on
 * to all that a program starts, however it does so, and cannot be raised again. Its first digits name the backend, the
 * last seven the job.
 */
export interface Brand {
  readonly backend: number;
  readonly job: number;
}

const jobs = 10_000_000;
/** Eight digits: with those of a job far above any time that could matter, and exact as a number of JavaScript. */
const firstBackend = 10_000_000;

/** A number for a backend of this process; below the limit that the process itself has, where it is one of Baton's jobs. */
export function newBackend(random: () => number = Math.random): number {
  const most = Math.min(10 * firstBackend, Math.floor((limitOf('self') ?? Infinity) / jobs));
  return firstBackend + Math.floor(random() * (most - firstBackend));
}

/** As a limit: the argument of `prlimit --rttime`. */
export function limitFor({ backend, job }: Brand): string {
  const limit = backend * jobs + (job % jobs);
  return `${limit}:${limit}`;
}

/** The living processes with the brand of a backend, or of one of its jobs; of those that began after another, where one is named. */
export function processesOf(backend: number, job?: number, after?: number): number[] {
  const wanted = job === undefined ? undefined : backend * jobs + (job % jobs);
  const isYounger = after === undefined ? () => true : youngerThan(after);
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d/.test(name) || !isYounger(Number(name))) return [];
    const limit = limitOf(name);
    const isOurs =
      limit !== undefined && (wanted === undefined ? Math.floor(limit / jobs) === backend : limit === wanted);
    return isOurs && lives(name) ? [Number(name)] : [];
  });
}

/** The kernel counts up, and begins anew at its highest number: the last one given tells whether it has since. */
function youngerThan(after: number): (pid: number) => boolean {
  const last = Number(readFileSync('/proc/loadavg', 'latin1').trim().split(' ').at(-1));
  return last >= after ? (pid) => pid >= after : (pid) => pid >= after || pid <= last;
}

/** False for what has ended, and only waits for its parent to notice. */
function lives(process: string): boolean {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}

/** The brand in `/proc/<pid>/limits`; undefined for a process without, or that is gone. */
function limitOf(process: string): number | undefined {
  try {
    const found = /^Max realtime timeout +\d+ +(\d+) /m.exec(readFileSync(`/proc/${process}/limits`, 'latin1'));
    return found ? Number(found[1]) : undefined;
  } catch {
    return undefined;
  }
}
