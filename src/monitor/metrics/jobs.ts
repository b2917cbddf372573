import { spans, type EndCount, type Spread } from '../jobs/ends.ts';
import type { ToldPlace } from '../../services/jobs/job-message.ts';
import type { Site } from '../site.ts';
import { single, type Figure, type Value } from './figure.ts';

const kinds = { backend: 'local, bullmq, slurm', program: 'those of the site' };
const ends = { ...kinds, end: 'success, failure, cancelled, lost' };

/** Programs that run and wait, and how they ended. */
export const jobFigures: readonly Figure[] = [
  {
    name: 'baton_jobs',
    kind: 'gauge',
    help: 'Programs that services hold, by state; unheard are those of services that have fallen silent.',
    labels: { ...kinds, state: 'waiting, running, ending, unheard' },
    read: jobsByState,
  },
  {
    name: 'baton_job_oldest_seconds',
    kind: 'gauge',
    help: 'How long the oldest program that waits does so, by program.',
    labels: { program: 'those of which some wait' },
    read: ({ watches, clock }) =>
      [...watches.jobs.oldest].map(([program, asked]) => [{ program }, Math.max(0, clock.now() - asked) / 1000]),
  },
  single('baton_jobs_untaken', 'Programs that wait, and that nothing there can take.', ({ watches }) =>
    watches.jobs.untaken.reduce((sum, { jobs }) => sum + jobs, 0),
  ),
  places('baton_job_workers', 'Where programs can run: workers, and hosts of services.', () => 1),
  places('baton_job_cores', 'Cores of those.', ({ cores }) => cores),
  places('baton_job_cores_used', 'Cores that programs have there.', ({ used }) => used?.cores ?? 0),
  ended('baton_jobs_ended_total', 'Programs by how they ended, since the monitor started.', ({ jobs }) => jobs),
  ended('baton_job_waited_seconds_total', 'Seconds that those waited.', ({ waitedSeconds }) => waitedSeconds),
  ended('baton_job_ran_seconds_total', 'Seconds that those ran.', ({ ranSeconds }) => ranSeconds),
  within('baton_jobs_waited_within_total', 'waited', ({ waited }) => waited),
  within('baton_jobs_ran_within_total', 'ran', ({ ran }) => ran),
];

function places(name: string, help: string, read: (place: ToldPlace) => number): Figure {
  const sums = ({ watches }: Site): readonly Value[] =>
    watches.jobs.backends.flatMap(({ name: backend, places: all }) =>
      all ? [[{ backend }, all.reduce((sum, place) => sum + read(place), 0)] as const] : [],
    );
  return { name, kind: 'gauge', help, labels: { backend: 'those that tell: local, bullmq' }, read: sums };
}

function ended(name: string, help: string, read: (count: EndCount) => number): Figure {
  return {
    ...{ name, kind: 'counter', help, labels: ends },
    read: ({ watches }) =>
      watches.jobs.ends.counts.map((count) => {
        const { backend, program, end } = count;
        return [{ backend, program, end }, read(count)];
      }),
  };
}

/** As the buckets of a histogram: for `histogram_quantile`. */
function within(name: string, what: string, read: (spread: Spread) => readonly number[]): Figure {
  const words = spans.map((span) => (span === Infinity ? '+Inf' : String(span)));
  return {
    ...{ name, kind: 'counter', labels: { program: kinds.program, le: words.join(', ') } },
    help: `Programs that ${what} for so many seconds at most, since the monitor started, for histogram_quantile.`,
    read: ({ watches }) =>
      [...watches.jobs.ends.spreads].flatMap(([program, spread]) =>
        read(spread).map((number, index) => [{ program, le: words[index] ?? '' }, number] as const),
      ),
  };
}

/** Wherever they run. */
function jobsByState({ watches }: Site): readonly Value[] {
  const sums = new Map<string, { readonly labels: Value[0]; jobs: number }>();
  for (const { backend, program, state, jobs } of watches.jobs.counts) {
    const key = `${backend}\n${program}\n${state}`;
    const sum = sums.get(key) ?? { labels: { backend, program, state }, jobs: 0 };
    sum.jobs += jobs;
    sums.set(key, sum);
  }
  return Array.from(sums.values(), ({ labels, jobs }) => [labels, jobs]);
}
