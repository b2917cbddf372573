import { lstat, mkdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { BatonError, messageOf } from '../../core/errors.ts';
import type { Job } from '../backend.ts';
import { notStarted, openFolder } from '../errors.ts';
import { LocalBackend } from '../local.ts';
import { SlurmFiles, type JobEnd, type LifeFiles } from './files.ts';
import { NodeLease } from './node-lease.ts';
import { NodeTeller } from './node-teller.ts';

/** What the batch script says of a job. */
export interface OnNode {
  readonly folder: string;
  /** For the files of programs on this host; empty: in `folder`. */
  readonly scratch: string;
  readonly batch: string;
  readonly index: number;
  /** Slurm's name of the job. */
  readonly name: string;
  /** How often Slurm put it back in its queue. */
  readonly life: number;
  /** The gpus that Slurm gave it. */
  readonly devices?: readonly string[];
}

/**
 * Runs a job on a node, as a service on that host would: in a clean environment, with its limits, watched to the end of all
 * that it starts. What comes of it is put into the shared folder, where the service finds it.
 */
export async function runOnNode(place: OnNode, told: AbortSignal): Promise<void> {
  const { folder, batch, index, name, life } = place;
  const files = new SlurmFiles(folder);
  await files.check();
  const id = (await files.batch(batch))?.jobs[index];
  // Nobody waits for it any more, or another in Slurm runs it.
  if (id === undefined || (await files.hasEnded(id))) return;
  const job = await files.job(id);
  if (!job || !(await files.claim(id, name))) return;
  const { at = Date.now() } = (await files.batch(batch)) ?? {};
  const of = files.life(id, { name, life });
  await files.noteBegun(id, { name, life, host: hostname() });
  await using lease = new NodeLease(files, id, { name, life });
  const waited = Math.max(0, Date.now() - at) / 1000;
  const end = await endOf(job, waited, place, lease, of, told);
  if (lease.isOver) return;
  if (!told.aborted) await files.end(id, end);
  // Whether that is its end, Slurm knows: it may run it again.
  else if ('ended' in end) await files.noteAsked(of, end.ended);
}

async function endOf(
  job: Job,
  waited: number,
  place: OnNode,
  lease: NodeLease,
  of: LifeFiles,
  told: AbortSignal,
): Promise<JobEnd> {
  try {
    const { devices } = place;
    const capacity = job.resources;
    const folder = await folderHere(place);
    await using backend = new LocalBackend({ folder, capacity, ...(devices ? { devices } : {}) });
    await backend.start();
    await using teller = await NodeTeller.start(of, lease);
    const ended = await backend.run(job, AbortSignal.any([told, lease.signal]), teller.listener);
    const cpuSeconds = Math.max(ended.cpuSeconds ?? 0, await childrenSeconds());
    return { ended: { ...ended, backend: 'slurm', waited, cpuSeconds } };
  } catch (error) {
    const known =
      error instanceof BatonError ? error : notStarted({ program: job.command[0], reason: messageOf(error) });
    const { code, message, next } = known.parts();
    return { refused: { code, message, next } };
  }
}

/** Where programs have their files: a folder of Baton's account, which those of programs can pass. */
async function folderHere({ folder, scratch }: OnNode): Promise<string> {
  const own = scratch === '' ? new SlurmFiles(folder).nodeFolder(hostname()) : `${scratch}/baton.${process.getuid?.()}`;
  await mkdir(own, { recursive: true, mode: 0o711 });
  const { uid, mode } = await lstat(own);
  if (uid !== process.getuid?.() || (mode & 0o022) !== 0)
    throw openFolder({ folder: own, problem: 'others than the account of Baton may write there' });
  return own;
}

/** Processor time of all children that have ended, and of theirs: cutime and cstime of proc_pid_stat(5), in hundredths. */
async function childrenSeconds(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'latin1');
  const [user, system] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  return (Number(user) + Number(system)) / 100;
}
