import { memo, type ReactElement } from 'react';
import type { JobView } from '../../../src/monitor/api.ts';
import { useLive } from '../live/context.ts';
import { State } from '../parts/State.tsx';
import { Took } from '../parts/Time.tsx';
import { Link } from '../routing/Link.tsx';
import { runName } from '../runs/name.ts';
import { withFilter } from './filter.ts';
import { amount, jobStates, since, whereabouts } from './words.ts';

interface JobTableProps {
  readonly jobs: readonly JobView[];
  readonly query: URLSearchParams;
}

/** Jobs, one a row: what, for which run, in which state and since when, and where it runs or why not. */
export function JobTable({ jobs, query }: JobTableProps): ReactElement {
  return (
    <table className="jobs">
      <caption className="unseen">Jobs</caption>
      <thead>
        <tr>
          <th scope="col" className="job-state">
            state
          </th>
          <th scope="col" className="job-since">
            for
          </th>
          <th scope="col" className="job-program">
            program
          </th>
          <th scope="col" className="job-run">
            run
          </th>
          <th scope="col" className="job-where">
            where, or why not
          </th>
          <th scope="col" className="job-takes">
            takes
          </th>
        </tr>
      </thead>
      <tbody>
        {jobs.map((job) => (
          <Row key={job.key} job={job} programAddress={withFilter(query, { program: job.program })} />
        ))}
      </tbody>
    </table>
  );
}

const Row = memo(function Row({ job, programAddress }: { readonly job: JobView; readonly programAddress: string }) {
  const state = jobStates[job.state];
  return (
    <tr className={`job tone-${state.tone}`} data-state={job.state}>
      <td className="job-state">
        <State state={state} />
      </td>
      <td className="job-since soft" title={new Date(since(job)).toLocaleString('en-GB')}>
        <Took from={since(job)} to={undefined} />
      </td>
      <th scope="row" className="job-program">
        <Link to={programAddress}>{job.program}</Link>
        {job.attempt > 1 && <span className="soft"> attempt {job.attempt}</span>}
      </th>
      <td className="job-run">
        <RunLink job={job} /> <span className="soft">{[job.beamline, lane(job)].filter(Boolean).join(', ')}</span>
      </td>
      <td className="job-where">
        {whereabouts(job)} <span className="soft">· {job.backend}</span>
      </td>
      <td className="job-takes soft">
        {amount(job)}
        {job.label !== undefined && ` · ${job.label}`}
      </td>
    </tr>
  );
});

/** The step where it stands on the page of its run. */
function RunLink({ job: { run, step } }: { readonly job: JobView }): ReactElement {
  const known = useLive((live) => live.runs.get(run));
  const name = known === undefined ? run.slice(0, 8) : runName(known);
  return (
    <Link to={`/runs/${encodeURIComponent(run)}?step=${String(step)}`} title={run}>
      {name}, step {step}
    </Link>
  );
}

/** Live work goes before reprocessing; what was given a priority of its own says that. */
function lane({ priority }: JobView): string | undefined {
  if (priority === 6) return undefined;
  return priority === 2 ? 'reprocessing' : `priority ${String(priority)}`;
}
