import type { Job } from '../backend.ts';
import { unknownLabel } from '../errors.ts';
import type { SlurmPlace, SlurmSettings } from './settings.ts';

/** Of live work; what is less urgent is reprocessing. */
const livePriority = 6;
/** Bytes that Baton itself takes on a node, beside the program that it watches: 170 MB where Slurm counts shared pages for each process, else 70. */
export const supervision = 200 * 1024 * 1024;
/** Minutes that a job may be there longer than its program: Baton ends that when its time is over, and tells of it. */
const margin = 2;

/** Where a job goes. Throws `compute.unknown-label`. */
export function placeOf({ label, origin }: Pick<Job, 'label' | 'origin'>, settings: SlurmSettings): SlurmPlace {
  const { partition, account, qos, constraint, labels, reprocessing } = settings;
  const { nice: _nice, ...later } = isLive(origin) ? { nice: 0 } : reprocessing;
  const all = { partition, account, qos, constraint };
  const known = label === undefined ? {} : labels[label];
  if (!known) throw unknownLabel({ label: label ?? '', known: Object.keys(labels) });
  return present({ ...all, ...later, ...known });
}

/** What `sbatch` is told of a job. Jobs of which it is told the same can be handed over together. */
export function wishesOf(job: Job, settings: SlurmSettings): readonly string[] {
  const { cores, memory, gpus } = job.resources;
  const minutes = Math.ceil(job.limits.seconds / 60) + margin;
  return [
    ...Object.entries(placeOf(job, settings)).map(([name, value]) => `--${name}=${value}`),
    ...['--nodes=1', '--ntasks=1', `--cpus-per-task=${cores}`, `--time=${minutes}`],
    ...(memory === 0 ? [] : [`--mem=${Math.ceil((memory + supervision) / 1024 ** 2)}M`]),
    ...(gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
    ...(isLive(job.origin) ? [] : [`--nice=${settings.reprocessing.nice}`]),
    settings.requeue ? '--requeue' : '--no-requeue',
  ];
}

function isLive({ priority }: Job['origin']): boolean {
  return priority >= livePriority;
}

function present(place: Readonly<Record<string, string | undefined>>): SlurmPlace {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}
