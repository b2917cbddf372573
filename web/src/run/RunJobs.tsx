import { useCallback, type ReactElement } from 'react';
import type { JobsView, JobView, LiveEvent, RunDetail } from '../../../src/monitor/api.ts';
import { jobsOf } from '../jobs/filter.ts';
import { amount, jobStates, since, whereabouts } from '../jobs/words.ts';
import { Nothing, Panel } from '../parts/Panel.tsx';
import { State } from '../parts/State.tsx';
import { Took } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { useRequest } from '../server/useRequest.ts';
import { plural } from '../words/figures.ts';
import type { DeliveryFilter } from './deliveryFilter.ts';

interface RunJobsProps {
  readonly run: RunDetail;
  readonly filter: DeliveryFilter;
}

const inPanel = 8;

/** The programs of a run that run or wait now, of the chosen step where one is; nothing where there are none. */
export function RunJobs({ run, filter }: RunJobsProps): ReactElement | null {
  // A run that has ended is asked for once: what of it is being ended goes soon.
  const isOpen = run.state === 'running';
  const concerns = useCallback((event: LiveEvent) => isOpen && event.type === 'jobs', [isOpen]);
  const step = filter.step === undefined ? '' : `&step=${String(filter.step)}`;
  const path = `/api/jobs?run=${encodeURIComponent(run.id)}&limit=${String(inPanel)}${step}`;
  const { answer } = useRequest<JobsView>(path, concerns);
  if (answer === undefined || answer.total === 0) return null;
  return (
    <Panel
      title="Programs at work"
      className="run-jobs"
      aside={
        <Link to={jobsOf(run.id)}>
          {filter.step === undefined ? plural(answer.total, 'job') : 'all jobs of this run'}
        </Link>
      }
    >
      <ul className="run-jobs-list">
        {answer.items.map((job) => (
          <Job key={job.key} job={job} />
        ))}
      </ul>
      {answer.total > answer.items.length && (
        <Nothing>
          And {plural(answer.total - answer.items.length, 'more', 'more')}:{' '}
          <Link to={jobsOf(run.id)}>all jobs of this run</Link>
        </Nothing>
      )}
    </Panel>
  );
}

function Job({ job }: { readonly job: JobView }): ReactElement {
  return (
    <li>
      <State state={jobStates[job.state]} />
      <span>
        <strong>{job.program}</strong> <span className="soft">step {job.step}, for</span>{' '}
        <Took from={since(job)} to={undefined} /> <span className="soft">· {amount(job)}</span>
        <br />
        {whereabouts(job)} <span className="soft">· {job.backend}</span>
      </span>
    </li>
  );
}
