import { plural } from '../../core/plural.ts';
import type { ToldJob } from '../../services/jobs/job-message.ts';
import type { BackendView, UntakenView } from './views.ts';

/** Jobs that nothing takes, without since when. */
export type Untaken = Omit<UntakenView, 'since'>;

/** Of those that wait, what nothing takes: by backend, and what is missing. */
export function untakenOf(waiting: readonly ToldJob[], backends: readonly BackendView[]): readonly Untaken[] {
  const places = new Map(backends.map((backend) => [backend.name, backend]));
  const lacks = new Map<string, Lack | undefined>();
  const groups = new Map<string, { readonly lack: Lack; readonly backend: string; jobs: number }>();
  for (const job of waiting) {
    const backend = places.get(job.backend);
    if (!backend) continue;
    const kind = [job.backend, job.label ?? '', job.cores, job.memory, job.gpus].join('\n');
    if (!lacks.has(kind)) lacks.set(kind, lackOf(job, backend));
    const lack = lacks.get(kind);
    if (!lack) continue;
    const key = `${job.backend}\n${lack.what}`;
    const group = groups.get(key);
    if (group) group.jobs += 1;
    else groups.set(key, { lack, backend: job.backend, jobs: 1 });
  }
  return Array.from(groups.values(), ({ lack: { what, advice }, backend, jobs }) => ({
    ...{ backend, jobs, advice },
    message: `${plural(jobs, 'program')} ${jobs === 1 ? 'waits' : 'wait'} for ${backend}, and ${what}.`,
  }));
}

interface Lack {
  readonly what: string;
  readonly advice: string;
}

function lackOf({ label, cores, memory, gpus }: ToldJob, { trouble, places }: BackendView): Lack | undefined {
  if (trouble !== undefined)
    return {
      what: `it cannot be asked: ${trouble.replace(/[.]$/, '')}`,
      advice:
        'See whether it runs, and whether the hosts of the services reach it. Nothing is lost: all go on when it answers.',
    };
  if (!places) return undefined;
  const start = 'Start one on any host that has the programs: baton worker --config baton.yaml.';
  if (places.length === 0) return { what: 'no worker is there to take them', advice: start };
  const taking = places.filter(({ isDraining }) => !isDraining);
  if (taking.length === 0) return { what: 'all workers are ending', advice: start };
  const ofKind = label === undefined ? taking : taking.filter(({ labels }) => labels.includes(label));
  if (ofKind.length === 0)
    return {
      what: `no worker has the label ${label ?? ''}`,
      advice: `Start one on such a host: baton worker --config baton.yaml --labels ${label ?? ''}.`,
    };
  const isLarge = ofKind.some((place) => place.cores >= cores && place.memory >= memory && place.gpus >= gpus);
  if (isLarge) return undefined;
  return {
    what: 'no worker is as large as they ask for',
    advice: 'Start one on a larger host, or cancel their runs and ask for less in the recipe (resources).',
  };
}
